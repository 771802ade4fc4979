import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refused, startQueue, stored, unknown } from './queue-harness.ts';

type Step =
  | { readonly do: 'offer'; readonly channel: string }
  /** The bus takes a message up and answers; or takes it up and the answer is lost; or refuses; or loses it. */
  | { readonly do: 'answer' | 'lose_ack' | 'refuse' | 'unknown' | 'lose'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'link'; readonly state: 'up' | 'down' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('offer' as const), channel: fc.constantFrom('a', 'b') }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'answer' as const,
        'answer' as const,
        'lose_ack' as const,
        'refuse' as const,
        'unknown' as const,
        'lose' as const,
      ),
      which: fc.nat(7),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(1500) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('link' as const),
      state: fc.constantFrom('up' as const, 'down' as const),
    }),
  },
);

/** A bus that remembers every id, and a queue in front of it. */
function startWorld() {
  const harness = startQueue();
  const sequences = new Map<string, number>();
  /** Sent and not yet taken up by the bus. */
  const onTheWay: string[] = [];
  let offered = 0;

  const store = (id: string): { sequence: number; duplicate: boolean } => {
    const known = sequences.get(id);
    if (known === undefined) sequences.set(id, sequences.size + 1);
    return { sequence: known ?? sequences.size, duplicate: known !== undefined };
  };
  const take = (which: number): string | undefined =>
    onTheWay.splice(which % Math.max(1, onTheWay.length), 1)[0];
  const storeAndAnswer = (id: string): void => {
    const { sequence, duplicate } = store(id);
    harness.answer(id, stored(sequence, duplicate));
  };

  const act = (action: Step): void => {
    if (action.do === 'offer') harness.offer(`${action.channel}-${++offered}`);
    else if (action.do === 'wait') harness.clock.advance(action.ms);
    else if (action.do === 'link') harness.queue.busState(action.state);
    else {
      const id = take(action.which);
      if (id === undefined) return;
      if (action.do === 'answer') storeAndAnswer(id);
      if (action.do === 'lose_ack') store(id);
      if (action.do === 'refuse') harness.answer(id, refused);
      if (action.do === 'unknown') harness.answer(id, unknown);
    }
  };
  const run = (action: Step): void => {
    act(action);
    onTheWay.push(...harness.takeSent());
    harness.assertBalanced();
  };
  return { ...harness, sequences, onTheWay, run, storeAndAnswer, offeredCount: () => offered };
}

/** How many messages are stored ahead of an older one of their channel. */
function overtakers(sequences: ReadonlyMap<string, number>): number {
  const all = [...sequences].map(([id, sequence]) => ({
    channel: id[0],
    number: Number(id.slice(2)),
    sequence,
  }));
  return all.filter((one) =>
    all.some(
      (other) => other.channel === one.channel && other.number < one.number && other.sequence > one.sequence,
    ),
  ).length;
}

test('whatever the bus does, each message ends stored once or dead-lettered, and every one out of order is counted', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const world = startWorld();
      world.run({ do: 'link', state: 'up' });
      for (const action of steps) world.run(action);

      world.run({ do: 'link', state: 'up' });
      for (let i = 0; i < 1000 && world.queue.queued > 0; i++) {
        for (const id of world.onTheWay.splice(0)) world.storeAndAnswer(id);
        world.run({ do: 'wait', ms: 100 });
      }

      assert.equal(world.queue.queued, 0, 'everything settles once the bus is well');
      const rejectedIds = world.rejections.map((rejection) => rejection.queued.message.messageId);
      const keptSomewhere = new Set([...world.sequences.keys(), ...rejectedIds]);
      assert.equal(keptSomewhere.size, world.offeredCount());
      assert.equal(world.world.reordered, overtakers(world.sequences));
    }),
    { numRuns: 1000 },
  );
});
