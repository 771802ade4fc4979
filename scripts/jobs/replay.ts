import { once } from 'node:events';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { pause } from '../../gateway/pause.ts';
import { systemClock as clock } from '../../gateway/clock.ts';
import type { LedgerSnapshot } from '../../gateway/ledger.ts';
import { DataDirError } from '../../gateway/store/data-dir.ts';
import { StoreError } from '../../gateway/store/database.ts';
import { RecentIds } from '../../shared/recent-ids.ts';
import { subjectsFor } from '../../shared/subjects.ts';
import { BadUse } from '../bad-use.ts';
import { ledgerLine } from '../ledger-line.ts';
import { Progress } from '../progress.ts';
import { openDelivery, type ReplayDelivery } from '../replay/delivery.ts';
import { progressLine, summaryLine } from '../replay/in-words.ts';
import { inputsOf, type Input } from '../replay/inputs.ts';
import { recordedPace } from '../replay/pace.ts';
import { newTally, replay, type Tally } from '../replay/replay.ts';
import { readReplaySettings, type ReplaySettings } from '../replay/settings.ts';
import { harmless, paintFor } from '../terminal.ts';
import { errorText } from '../../shared/error-text.ts';

const USAGE = `Publishes chat again: recordings of the gateway (RECORD_DIR), or plain logs of raw IRC lines.

Usage: npm run replay -- [--fast] FILE…
       npm run replay -- [--fast] -

  FILE    a recording or a log, gzipped or not; a directory: the files in it, in the order of their names
  -       standard input
  --fast  as fast as the bus takes it; otherwise at the pace it was received
  --help  this text

The time of receipt is the recorded one; in a log it is tmi-sent-ts, else that of the line before. What the bus has
stored, and still remembers, is not stored again.

Reads MESSAGE_BUS_DRIVER, BUS_PREFIX, FINALIZATION_DESTINATION, DATA_DIR, EMBEDDED_MAX_BYTES, QUEUE_MAX_BYTES, LOG_LEVEL,
LOG_FORMAT, SHUTDOWN_TIMEOUT_MS and the NATS_ and PUBLISH_ variables from the environment. The tasks of a Cloud Run job
share the files (CLOUD_RUN_TASK_INDEX, CLOUD_RUN_TASK_COUNT; or SHARD_INDEX, SHARD_COUNT).
The embedded bus has one writer: stop the gateway first. On NATS it works beside the gateway.
Ctrl-C ends it once what is on its way is stored.
Exit code 0: all is stored; 1: something is left, dropped or dead-lettered; 2: bad use, or an unreadable file.
`;
type Request = { readonly fast: boolean; readonly args: readonly string[] };

/** The gateway's memory of ids: while one connection takes over from another, a recording has every line twice. */
const SEEN_MS = 10 * 60 * 1000;
const SEEN_COUNT = 100_000;

const DRAW_MS = 200;
/** For closing the bus, after the drain. */
const CLOSING_MS = 500;

const paint = paintFor(process.stderr);
const progress = new Progress(process.stderr, clock);
const ending = new AbortController();
process.on('SIGINT', () => ending.abort());
process.on('SIGTERM', () => ending.abort());

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isCurable = error instanceof BadUse || error instanceof DataDirError || error instanceof StoreError;
  if (!isCurable) throw error;
  notice(error.message);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<number> {
  const request = readRequest(args);
  if (request !== 'help') return run(request);
  process.stdout.write(USAGE);
  return 0;
}

function readRequest(args: readonly string[]): Request | 'help' {
  const { values, positionals } = readArguments(args);
  if (values.help) return 'help';
  if (positionals.length === 0) throw new BadUse(`Name what to replay\n\n${USAGE}`);
  return { fast: values.fast, args: positionals };
}

function readArguments(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const options = { help: flag, fast: flag };
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new BadUse(`${errorText(error)}\n\n${USAGE}`);
  }
}

async function run({ fast, args }: Request): Promise<number> {
  const config = readReplaySettings(process.env, notice);
  const inputs = await inputsOf(args, { index: config.SHARD_INDEX, count: config.SHARD_COUNT });
  const out = Object.assign(aboveProgress(), { isTTY: process.stderr.isTTY });
  const noColor = Boolean(process.env['NO_COLOR']);
  await using opened = await openDelivery(config, { clock, random: Math.random, out, noColor });
  const tally = newTally();
  const startedAt = clock.now();
  const stopDrawing = draw(inputs, tally, startedAt, opened);
  const isWhole = await feed(config, inputs, fast, tally, opened);
  const ledger = await drain(config, opened);
  stopDrawing();
  for (const sentence of tally.unreadable) notice(harmless(sentence));
  if (!isWhole) notice('Interrupted: not everything was read.');
  const summary = summaryLine(tally, inputs.length, clock.now() - startedAt);
  process.stdout.write(`${summary}\n${ledgerLine(ledger)}\n`);
  return exitCode(tally, isWhole, ledger);
}

function feed(
  config: ReplaySettings,
  inputs: readonly Input[],
  fast: boolean,
  tally: Tally,
  { delivery, ledger }: ReplayDelivery,
): Promise<boolean> {
  const { signal } = ending;
  return replay(
    {
      inputs,
      ledger,
      clock,
      signal,
      recentIds: new RecentIds(SEEN_MS, SEEN_COUNT),
      subject: subjectsFor(config.BUS_PREFIX).ingress,
      finalizationDestination: config.FINALIZATION_DESTINATION,
      queue: delivery.queue,
      maxQueueBytes: config.QUEUE_MAX_BYTES,
      pace: fast ? undefined : recordedPace(clock, signal),
    },
    tally,
  );
}

/** Waits until everything is settled; once interrupted, no longer than a stop may take. */
async function drain(config: ReplaySettings, { delivery, ledger }: ReplayDelivery): Promise<LedgerSnapshot> {
  const { queue } = delivery;
  const settled = new AbortController();
  const drained = queue.drained().then(() => settled.abort());
  await Promise.race([drained, aborted(ending.signal)]);
  await pause(clock, config.SHUTDOWN_TIMEOUT_MS - CLOSING_MS, settled.signal);
  await delivery.stop(CLOSING_MS);
  return ledger.snapshot(queue.queued);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function exitCode({ unreadable }: Tally, isWhole: boolean, ledger: LedgerSnapshot): number {
  if (unreadable.length > 0) return 2;
  return isWhole && ledger.queued + ledger.deadLettered + ledger.dropped === 0 ? 0 : 1;
}

/** @returns what ends it */
function draw(
  inputs: readonly Input[],
  tally: Tally,
  startedAt: number,
  { delivery }: ReplayDelivery,
): () => void {
  const sizes = inputs.map(({ bytes }) => bytes);
  const totalBytes = sizes.reduce(
    (sum, bytes) => (sum === undefined || bytes === undefined ? undefined : sum + bytes),
    0,
  );
  let cancel: () => void;
  const tick = (): void => {
    const { queued } = delivery.queue;
    progress.show(progressLine({ tally, totalBytes, elapsedMs: clock.now() - startedAt, queued }, paint));
    cancel = clock.after(DRAW_MS, tick);
  };
  tick();
  return () => {
    cancel();
    progress.clear();
  };
}

/** Keeps lines of the log from tearing the bar apart. */
function aboveProgress(): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      progress.clear();
      process.stderr.write(chunk, done);
    },
  });
}

function notice(text: string): void {
  progress.clear();
  process.stderr.write(`${text}\n`);
}
