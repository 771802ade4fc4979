import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOf } from './plan.ts';
import type { ProfileName } from './profiles.ts';
import { simulate } from './simulate.ts';

type Seeds = readonly (readonly [seed: number, profile: ProfileName, coincidence: string])[];

/** Each shows a bug that the bridge once had: with that planted again (`mutants.ts`, but for seed 10087) the run fails. */
const FOUND_BUGS: Seeds = [
  [2055, 'late', 'a connection that is let go while its successor dies'],
  [2893, 'handover', 'a successor that was let go and still reads when its dead predecessor is found out'],
  [2710, 'handover', 'a gap that turns out to have begun earlier, when a dead predecessor is found out'],
  [396, 'slow_bus', 'a connection that may go while its JOIN may still be answered'],
  [405, 'handover', 'a busy channel without room that leaves no turn to the handover which would make it'],
  [10087, 'handover', 'a full account, and a handover that would wait for channels that were refused'],
  [12992, 'handover', 'a full account, and a successor that has no room for what its predecessor reads'],
  [52, 'full_account', 'two JOINs of one channel, of which one is refused and the other succeeds'],
  [35, 'late', 'a link that is reset long after it fell silent'],
  [11, 'late', 'a last PONG that stands behind a burst'],
  [155, 'late', 'several PINGs without a PONG when a connection is let go'],
  [22, 'outage', 'a line that comes while the process stops, and waits for its commit'],
  [807, 'outage', 'a stop, a start and a death while the bus forgets'],
  [43, 'outage', 'a stream so long that it is read part by part'],
];

/** By these an error of the simulation itself. */
const FOUND_ERRORS: Seeds = [
  [197, 'outage', 'a message that lies unread in a stalled server until the stream has nearly forgotten it'],
  [928, 'slow_bus', 'an unknown error for a message whose first attempt was stored'],
  [2352, 'overlap', 'a ban whose news is on its way while the connection is replaced'],
  [2532, 'bus', 'a line said again after its id was forgotten, behind a bus that refuses'],
  [3146, 'overlap', 'a connection that ended seconds before we hear of it, while its successor joins'],
  [4591, 'everything', 'an event loop that stands still while the link to the bus comes up'],
  [40153, 'spool', 'a disk that fails, and is full when it can be written again'],
  [8412, 'everything', 'a death before a dead link was noticed'],
];

for (const [seed, profile, coincidence] of [...FOUND_BUGS, ...FOUND_ERRORS]) {
  test(`every promise is kept through ${coincidence} (seed ${seed})`, async () => {
    assert.equal((await simulate(planOf(seed, profile))).failure, undefined);
  });
}
