import { parseArgs } from 'node:util';
import { DEAD_LETTER_REASONS } from '../../gateway/bus/bus.ts';
import { BusReadError } from '../../gateway/bus/stored-message.ts';
import { systemClock } from '../../gateway/clock.ts';
import { integer } from '../../gateway/config-parsers.ts';
import { StoreError } from '../../gateway/store/database.ts';
import { BadUse } from '../bad-use.ts';
import { withLetters } from '../redrive/open-bus.ts';
import { Progress } from '../progress.ts';
import { redrive, type Summary } from '../redrive/redrive.ts';
import { harmless } from '../terminal.ts';
import { errorText } from '../../shared/error-text.ts';

const USAGE = `Publishes dead letters again, under their own ids, and marks those that the bus has stored as done.

Usage: npm run redrive -- [--dry-run] [--reason R] [--limit N]

  --dry-run   only says what would be done
  --reason R  only letters with this reason: ${DEAD_LETTER_REASONS.join(', ')}
  --limit N   tries at most N letters
  --help      this text

Reads MESSAGE_BUS_DRIVER, BUS_PREFIX, DATA_DIR, EMBEDDED_MAX_BYTES and the NATS_ variables from the environment.
Takes local letters first, then those on the bus. Works beside the gateway. Ctrl-C ends it after the letters that are
on their way.
Exit code 0: done; 1: something is left, or could not be read; 2: bad use.
`;

type Request = {
  readonly dryRun: boolean;
  readonly reason: string | undefined;
  readonly limit: number;
};

/** More of them would say nothing new. */
const MAX_LEFT_SHOWN = 20;

const ending = new AbortController();
process.on('SIGINT', () => ending.abort());
process.on('SIGTERM', () => ending.abort());

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isBadUse = error instanceof BadUse;
  if (!isBadUse && !(error instanceof StoreError) && !(error instanceof BusReadError)) throw error;
  notice(error.message);
  process.exitCode = isBadUse ? 2 : 1;
}

async function main(args: readonly string[]): Promise<void> {
  const request = readRequest(args);
  if (request === 'help') return void process.stdout.write(USAGE);
  const summary = await run(request);
  process.stdout.write(`${inWords(summary, request)}\n`);
  if (summary.left > 0) process.exitCode = 1;
}

async function run(request: Request): Promise<Summary> {
  const progress = new Progress(process.stderr, systemClock);
  const options = { ...request, clock: systemClock, random: Math.random, signal: ending.signal };
  const onNotice = (sentence: string) => {
    progress.clear();
    notice(sentence);
  };
  const wanted = { dryRun: request.dryRun, signal: ending.signal, onNotice };
  let soFar = '';
  const onProgress = (told: Summary) => progress.show((soFar = inWords(told, request)));
  const onLeft = leftTeller(progress);
  try {
    const summary = await withLetters(process.env, wanted, (letters) =>
      redrive({ ...letters, ...options, onLeft, onProgress }),
    );
    progress.clear();
    return summary;
  } catch (error) {
    progress.clear();
    if (soFar !== '') notice(`${soFar}, then:`);
    throw error;
  }
}

function readRequest(args: readonly string[]): Request | 'help' {
  const { help, 'dry-run': dryRun, reason, limit } = readFlags(args);
  if (help) return 'help';
  const isReason = DEAD_LETTER_REASONS.some((known) => known === reason);
  if (reason !== undefined && !isReason) throw badFlag(`--reason takes ${DEAD_LETTER_REASONS.join(', ')}`);
  const count = limit === undefined ? Infinity : readLimit(limit);
  return { dryRun, reason, limit: count };
}

function readLimit(text: string): number {
  const parsed = integer(1, Number.MAX_SAFE_INTEGER)(text);
  if (!parsed.ok) throw badFlag(`--limit takes ${parsed.allowed}`);
  return parsed.value;
}

function readFlags(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const text = { type: 'string' } as const;
  try {
    const options = { help: flag, 'dry-run': flag, reason: text, limit: text };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw badFlag(errorText(error));
  }
}

function badFlag(problem: string): BadUse {
  return new BadUse(`${problem}\n\n${USAGE}`);
}

function leftTeller(progress: Progress): (letter: string, why: string) => void {
  let count = 0;
  return (letter, why) => {
    count++;
    if (count > MAX_LEFT_SHOWN) return;
    progress.clear();
    notice(`left: ${harmless(`${letter}: ${why}`)}`);
    if (count === MAX_LEFT_SHOWN) notice('More that are left are only counted.');
  };
}

function inWords({ redriven, skipped, left }: Summary, { dryRun }: Request): string {
  return dryRun
    ? `would redrive ${redriven}, skip ${skipped}, leave ${left}`
    : `redriven ${redriven}, skipped ${skipped}, left ${left}`;
}

function notice(text: string): void {
  process.stderr.write(`${text}\n`);
}
