import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOf } from './plan.ts';
import type { ProfileName } from './profiles.ts';
import { simulate } from './simulate.ts';

type Seeds = readonly (readonly [seed: number, profile: ProfileName, coincidence: string])[];

/** By these a bug of the bridge was found. It is planted again by `mutants.ts`, since another plan for a seed would miss it. */
const FOUND_BUGS: Seeds = [
  [267, 'slow_bus', 'a connection that is let go while its successor dies'],
  [5656, 'overlap', 'a third connection that joins while the first is let go and the second dies'],
  [8914, 'overlap', 'a successor that ends just before its predecessor is found to have been dead for long'],
  [1497, 'overlap', 'a successor long dead that goes together with its predecessor, which was still reading'],
  [7354, 'slow_bus', 'a connection found dead after one that had read meanwhile'],
  [50397, 'slow_bus', 'a successor that was let go and still reads when its dead predecessor is found out'],
  [
    2710,
    'handover',
    'a gap that turns out to have begun earlier, when a dead predecessor is found out at last',
  ],
  [405, 'handover', 'a busy channel without room that leaves no turn to the handover which would make it'],
  [
    10087,
    'handover',
    'a full account whose channels were banned before, and a handover that would wait for them',
  ],
  [12992, 'handover', 'a full account, and a successor that has no room for what its predecessor reads'],
  [8802, 'everything', 'a line that comes while the process stops, and waits for its commit'],
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
