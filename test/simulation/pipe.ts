import type { SimClock } from './sim-clock.ts';

/** One direction of a link: everything arrives after a delay, and nothing before what was sent earlier. */
export function inOrder(
  clock: SimClock,
  to: 'arrive' | 'outside',
  delay: () => number,
): (arrive: () => void) => void {
  let last = 0;
  return (arrive) => {
    last = Math.max(last, clock.now() + delay());
    clock[to](last - clock.now(), arrive);
  };
}
