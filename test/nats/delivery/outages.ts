import * as faults from './faults.ts';
import type { Scenario } from './tally.ts';
import { underFault } from './under-faults.ts';

const SHORT = [0, 300] as const;
/** Longer than an ack may take. */
const LONGER_THAN_AN_ACK = [350, 900] as const;

const withPassword = {
  login: 'bridge:first@',
  server: { config: faults.usersWith('first'), admin: { user: 'root', pass: 'root' } },
};

/** What becomes of a bus and of the way to it. */
export const OUTAGES = {
  killed: underFault(faults.killed, { holdMs: SHORT, stopsTheBus: true }),
  frozen: underFault(faults.frozen, { holdMs: LONGER_THAN_AN_ACK, stopsTheBus: true }),
  cut: underFault(faults.cut, { holdMs: SHORT, stopsTheBus: true }),
  deafServer: underFault(faults.deafServer, { holdMs: LONGER_THAN_AN_ACK, stopsTheBus: true }),
  lostAcks: underFault(faults.lostAcks, { holdMs: LONGER_THAN_AN_ACK, stopsTheBus: true }),
  silentLink: underFault(faults.silentLink, { holdMs: LONGER_THAN_AN_ACK, stopsTheBus: true }),
  sliced: underFault(faults.sliced, { holdMs: SHORT, stopsTheBus: false }),
  password: underFault(faults.changedPassword, { ...withPassword, holdMs: SHORT, stopsTheBus: true }),
} satisfies Readonly<Record<string, Scenario>>;
