import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { embeddedBusPath } from '../../../gateway/bus/embedded-bus.ts';
import { openLogReader, type LogEntry } from '../../../gateway/store/log-reader.ts';
import { tempDir } from '../store/temp-dir.ts';

const ROUNDS = 10;

test('whatever was acked before kill -9 is stored, in order and whole, over ten kills of one store', async (t) => {
  const dataDir = tempDir(t);
  const random = seeded(20_261_123);
  let stored: LogEntry[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const acked = await publishAndKill(dataDir, round, 1 + Math.floor(random() * 400));
    const before = stored.length;
    stored = readBack(dataDir);
    const ofRound = stored.slice(before).map((entry) => entry.messageId);
    assert.deepEqual(ofRound, namesUpTo(round, ofRound.length), 'no gap and no change of order');
    assert.deepEqual(acked, ofRound.slice(0, acked.length), 'an acked message is missing');
  }
  assert.deepEqual(
    stored.map((entry) => entry.sequence),
    stored.map((_, index) => index + 1),
  );
  assert.ok(stored.every(({ body, messageId }) => Buffer.from(body).toString() === messageId.repeat(100)));
});

/** @returns every id that was printed, whole lines only: those the publisher knew to be acked */
async function publishAndKill(dataDir: string, round: number, killAfter: number): Promise<string[]> {
  const args = [join(import.meta.dirname, 'publisher.ts'), dataDir, String(round)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const acked: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acked.push(line);
    if (acked.length === killAfter) child.kill('SIGKILL');
  }
  assert.deepEqual(await closed, [null, 'SIGKILL']);
  return acked;
}

function readBack(dataDir: string): LogEntry[] {
  const reader = openLogReader(embeddedBusPath(dataDir));
  const entries = reader?.read({ after: 0, limit: 1_000_000, subject: 's' }) ?? [];
  reader?.close();
  return entries;
}

function namesUpTo(round: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${round}-${n}`);
}

/** Mulberry32: small, and the same on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
