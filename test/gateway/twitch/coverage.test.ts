import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Coverage } from '../../../gateway/twitch/coverage.ts';
import type { Span } from '../../../gateway/twitch/unread.ts';

/** One connection, as it is and as the channel sees it. */
type Connection = { isRetired: boolean; heardAt: number; readonly from: number; isDead: boolean };

const ACT = fc.record({
  kind: fc.constantFrom('joins', 'joins', 'dies', 'retires', 'leaves', 'leaves'),
  /** Which of those that are in the channel. */
  whom: fc.nat(),
  thenMs: fc.nat(3),
});
type Act = typeof ACT extends fc.Arbitrary<infer T> ? T : never;

/** A channel, those that read it, and what is told of it, a millisecond at a time. */
class World {
  readonly coverage = new Coverage();
  readonly told: Span[] = [];
  /** Who read it in each millisecond: somebody that was to stay, only such as were told to go, or nobody. */
  readonly read: ('well' | 'still' | 'not')[] = [];
  #in: Connection[] = [];
  #unreadSince: number | undefined;

  get now(): number {
    return this.read.length;
  }

  join(): void {
    const connection = { isRetired: false, heardAt: this.now, from: this.now, isDead: false };
    this.coverage.joined(connection, this.now);
    this.#in.push(connection);
    if (this.#unreadSince !== undefined) this.told.push({ from: this.#unreadSince, to: this.now });
    this.#unreadSince = undefined;
  }

  act({ kind, whom, thenMs }: Act): void {
    const one = this.#in[whom % (this.#in.length || 1)];
    if (kind === 'joins' && this.#in.length < 4) this.join();
    else if (one && kind === 'dies') one.isDead = true;
    else if (one && kind === 'retires')
      one.isRetired ||= this.#in.at(-1) !== one && !this.#in.at(-1)?.isRetired;
    else if (one && kind === 'leaves') this.#leave(one);
    for (let ms = 0; ms < thenMs; ms++) this.#tick();
  }

  /** Everybody leaves, and then one joins. */
  end(): void {
    while (this.#in[0]) this.#leave(this.#in[0]);
    this.#tick();
    this.join();
  }

  #leave(one: Connection): void {
    this.#in = this.#in.filter((other) => other !== one);
    for (const span of this.coverage.left(one, one.isDead ? one.heardAt : this.now)) {
      if (span.to < Infinity) this.told.push(span);
      else this.#unreadSince = span.from;
    }
  }

  #tick(): void {
    const alive = this.#in.filter(({ isDead }) => !isDead);
    const isRead = alive.some(({ isRetired }) => !isRetired);
    this.read.push(isRead ? 'well' : alive.length > 0 ? 'still' : 'not');
    for (const one of alive) one.heardAt = this.now;
  }
}

test('each moment is read or told once, whoever joins, dies, is told to go and leaves, in whatever order', () => {
  fc.assert(
    fc.property(fc.array(ACT, { maxLength: 25 }), (acts) => {
      const world = new World();
      world.join();
      for (const act of acts) world.act(act);
      world.end();
      for (const [at, read] of world.read.entries()) {
        const times = world.told.filter(({ from, to }) => from <= at && at < to).length;
        // What only such read as were told to go may be told: it is not known then whether they still do.
        const allowed = { well: [0], still: [0, 1], not: [1] }[read];
        assert.ok(
          allowed.includes(times),
          `at ${at}, ${read} read, told ${times} times: ${JSON.stringify(world.told)}`,
        );
      }
    }),
    { numRuns: 2_000 },
  );
});

test('a gap that turns out to have begun earlier is told once, whole', () => {
  const coverage = new Coverage();
  const [old, successor] = [
    { isRetired: false, heardAt: 500 },
    { isRetired: false, heardAt: 1000 },
  ];
  coverage.joined(old, 0);
  coverage.joined(successor, 1000);
  old.isRetired = true;
  assert.deepEqual(coverage.left(successor, 1000), [{ from: 1000, to: Infinity }]);
  assert.deepEqual(coverage.left(old, 500), [{ from: 500, to: Infinity }]);
});
