import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { Surroundings } from './surroundings.ts';

export type Publish = (id: string, body: string) => void;

/** The usual ways to publish from an event handler, from the most careful to the least. */
const WAYS = ['awaited', 'window-256', 'unbounded'] as const;
export type Way = (typeof WAYS)[number];

const WINDOWS: Readonly<Record<Way, number>> = { awaited: 1, 'window-256': 256, unbounded: Infinity };

/** `js.publish` with an id, this many at once; the rest waits in an array. */
export async function publisher({ natsPort, subject }: Surroundings, way: Way): Promise<Publish> {
  const js = jetstream(await connect({ servers: `127.0.0.1:${natsPort}` }));
  const send = (id: string, body: string) => js.publish(subject, body, { msgID: `tw:${id}` });
  const waiting: { readonly id: string; readonly body: string }[] = [];
  let [head, inFlight] = [0, 0];
  const pump = (): void => {
    while (inFlight < WINDOWS[way] && head < waiting.length) {
      const next = waiting[head++];
      if (!next) break;
      inFlight += 1;
      send(next.id, next.body).then(settled, failed);
    }
    if (head === waiting.length) waiting.length = head = 0;
  };
  const settled = (): void => {
    inFlight -= 1;
    pump();
  };
  // The stream is read back at the end: a message that is lost here is found missing then.
  const failed = (error: unknown): void => {
    console.error(String(error));
    settled();
  };
  return (id, body) => {
    waiting.push({ id, body });
    pump();
  };
}
