import { createIngest } from '../../../gateway/ingest.ts';
import { systemClock } from '../../../gateway/clock.ts';
import { Ledger } from '../../../gateway/ledger.ts';
import { PublishQueue } from '../../../gateway/publish/publish-queue.ts';
import type { QueueEvents } from '../../../gateway/publish/queue-options.ts';
import { LineSplitter } from '../../../shared/line-splitter.ts';
import { PlainLine } from '../../../shared/plain/plain-line.ts';
import { RecentIds } from '../../../shared/recent-ids.ts';
import { corpus } from '../corpus.ts';
import { median } from '../rounds.ts';
import { frames } from '../world/frames.ts';

/** How the cost of a message grows with one thing: `[how much of it, µs per message]`. */
export type Curve = { readonly name: string; readonly points: readonly (readonly [x: number, us: number])[] };

const MESSAGES = 20_000;
const SEED = 11;
const CHANNELS = [1, 4, 16, 64, 256, 1000];
const LINES_PER_FRAME = [1, 2, 4, 8, 16, 32, 64];
const DEPTHS = [1, 10, 100, 1000, 10_000, 40_000];
const WINDOW = 1024;
/** The length of a WebSocket frame's header as `frames` writes it; the rest is what the socket hands over. */
const HEADER_BYTES: Readonly<Record<number, number>> = { 126: 4, 127: 10 };

const SILENT: QueueEvents = {
  publishFailed: () => undefined,
  stored: () => undefined,
  dropped: () => undefined,
  stillLooking: () => undefined,
  reordered: () => undefined,
  spoolFailed: () => undefined,
};

/** From the bytes of a frame to the settled message, in one process, with a bus that acks at once. */
export function growth(rounds: number): readonly Curve[] {
  run({ channels: 40, linesPerFrame: 8, depth: 1 }); // until the code is compiled
  return [
    curve('channels', CHANNELS, rounds, (channels) => ({ channels, linesPerFrame: 8, depth: 1 })),
    curve('lines a frame', LINES_PER_FRAME, rounds, (linesPerFrame) => ({
      channels: 40,
      linesPerFrame,
      depth: 1,
    })),
    curve('messages waiting', DEPTHS, rounds, (depth) => ({ channels: 40, linesPerFrame: 8, depth })),
  ];
}

type Load = { readonly channels: number; readonly linesPerFrame: number; readonly depth: number };

function curve(name: string, xs: readonly number[], rounds: number, loadOf: (x: number) => Load): Curve {
  const figures = new Map(xs.map((x): [number, number[]] => [x, []]));
  for (let round = 0; round < rounds; round += 1) for (const x of xs) figures.get(x)?.push(run(loadOf(x)));
  return { name, points: Array.from(figures, ([x, us]) => [x, median(us)] as const) };
}

/** @param load.depth messages that wait in the queue throughout: the bus acks only those beyond them */
function run({ channels, linesPerFrame, depth }: Load): number {
  const names = Array.from({ length: channels }, (_, index) => `bench_channel_${index}`);
  const said = [...frames(corpus(5000, names, SEED), MESSAGES + depth, linesPerFrame)].map(payloadOf);
  const ledger = new Ledger();
  const sent: number[] = [];
  const queue = new PublishQueue({
    limits: {
      maxBytes: Infinity,
      maxSpoolBytes: 0,
      maxInFlight: WINDOW,
      timeoutMs: 1e6,
      baseDelayMs: 1,
      maxDelayMs: 1,
      maxRetries: 0,
    },
    spoolMode: 'off',
    spool: undefined,
    ledger,
    clock: systemClock,
    random: Math.random,
    events: SILENT,
    publish: (token) => sent.push(token),
    memory: () => undefined,
    keepDeadLetter: (_, settled) => settled(false),
  });
  const ingest = createIngest({
    ledger,
    recentIds: new RecentIds(Infinity, 100_000),
    clock: systemClock,
    subject: 'internal.ingress.v1',
    finalizationDestination: 'internal.finalizer.v1',
    offer: (queued) => queue.offer(queued),
  });
  queue.busState('up');
  const read = reader(ingest);
  let sequence = 0;
  const ackDownTo = (left: number): void => {
    while (queue.queued > left) {
      const token = sent.shift();
      if (token === undefined) return;
      queue.outcome(token, { kind: 'stored', sequence: ++sequence, duplicate: false });
    }
  };
  const waiting = Math.ceil(depth / linesPerFrame);
  for (const frame of said.slice(0, waiting)) read(frame);
  const before = ledger.received;
  const began = performance.now();
  for (const frame of said.slice(waiting)) {
    read(frame);
    ackDownTo(depth);
  }
  const us = ((performance.now() - began) * 1000) / (ledger.received - before);
  queue.halt();
  return us;
}

function reader(ingest: ReturnType<typeof createIngest>): (frame: Uint8Array) => void {
  const lines = new LineSplitter();
  const plain = new PlainLine();
  return (frame) => {
    const receivedAt = Date.now();
    lines.push(frame, (block, start, end) => {
      if (plain.read(block, start, end, receivedAt)) ingest(plain);
    });
  };
}

function payloadOf(frame: Buffer): Buffer {
  return frame.subarray(HEADER_BYTES[frame[1] ?? 0] ?? 2);
}
