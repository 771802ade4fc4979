import type { BusEvents } from '../../gateway/bus/bus.ts';

/** For whoever listens to some of what a bus says. */
export const UNHEARD: BusEvents = {
  onOutcome: () => undefined,
  onRefused: () => undefined,
  onState: () => undefined,
  onStream: () => undefined,
};
