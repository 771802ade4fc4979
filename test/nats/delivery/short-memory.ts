import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import { makeStream } from './stream-admin.ts';
import { underFault } from './under-faults.ts';

const WINDOW_MS = 1000;
const LOST_ACKS_MS = 1000;

/** What was stored is not acked, and then the link is down until the server has forgotten the ids. */
const forgotten: Fault = async ({ proxy }, hold) => {
  proxy.blackHole('to_client');
  await pause(LOST_ACKS_MS);
  proxy.cut();
  await hold();
  await proxy.heal();
};

/** A stream that remembers ids for a second, and outages that last longer. */
export const shortMemory = underFault(forgotten, {
  prepare: (server) => makeStream(server, { windowMs: WINDOW_MS }),
  holdMs: [WINDOW_MS + 100, WINDOW_MS + 1000],
  stopsTheBus: true,
});
