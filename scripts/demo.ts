import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readStored } from '../gateway/bus/embedded-reader.ts';
import type { StoredMessage } from '../gateway/bus/stored-message.ts';
import { systemClock } from '../gateway/clock.ts';
import { readConfig, type Config } from '../gateway/config.ts';
import { startGateway, type Gateway } from '../gateway/gateway.ts';
import { isBalanced } from '../gateway/ledger.ts';
import { PortError } from '../gateway/http/server.ts';
import { openLog } from '../gateway/logger.ts';
import { createScrubber } from '../gateway/secrets/scrubber.ts';
import { plainSecrets } from '../gateway/secrets/secret-settings.ts';
import { subjectsFor } from '../shared/subjects.ts';
import { BadUse } from './bad-use.ts';
import { ledgerLine } from './ledger-line.ts';
import { differences } from './said-and-stored.ts';
import { startChatServer, type ChatServer } from './stand-in/chat-server.ts';
import { LIVELY_CHANNELS, livelyChat, type LivelyLine } from './stand-in/lively-chat.ts';
import { paintFor, readableLine } from './terminal.ts';
import { errorText } from '../shared/error-text.ts';

const USAGE = `Runs the gateway against a bundled stand-in for Twitch, on the embedded bus, in a fresh temporary directory.

Usage: npm run demo -- [--once] [--seed N]

  --once    plays the chat once, as fast as possible, reads the store back and checks that what is stored is what
            was said and that the ledger balances: exit code 0 only then
  --seed N  another chat; the same number gives the same one
  --help    this text
`;

type Request = { readonly once: boolean; readonly seed: number };

/** A running demo: the stand-in talks, the gateway stores, and anybody may read. */
type Stage = {
  readonly chat: ChatServer;
  readonly gateway: Gateway;
  readonly config: Config;
  readonly signal: AbortSignal;
};

const paint = paintFor(process.stdout);
const ending = new AbortController();
process.on('SIGINT', () => ending.abort());
process.on('SIGTERM', () => ending.abort());
process.stdout.on('error', () => ending.abort());

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BadUse) && !(error instanceof PortError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

async function main(args: readonly string[]): Promise<number> {
  const request = readRequest(args);
  if (request !== 'help') return play(request);
  process.stdout.write(USAGE);
  return 0;
}

function readRequest(args: readonly string[]): Request | 'help' {
  const { help, once, seed } = readFlags(args);
  if (help) return 'help';
  if (!/^\d{1,9}$/.test(seed)) throw new BadUse(`--seed takes a whole number, not "${seed}"\n\n${USAGE}`);
  return { once, seed: Number(seed) };
}

function readFlags(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const options = { once: flag, help: flag, seed: { type: 'string', default: '1' } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new BadUse(`${errorText(error)}\n\n${USAGE}`);
  }
}

async function play({ once, seed }: Request): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'ingress-egress-demo-'));
  try {
    await using chat = await startChatServer();
    const config = settings(chat.url, directory);
    const gateway = await startDemoGateway(config);
    const stage = { chat, gateway, config, signal: ending.signal };
    await Promise.all(LIVELY_CHANNELS.map((channel) => chat.joined(channel)));
    return once ? await playOnce(stage, seed) : await playOn(stage, seed);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The user's own settings apply where they make sense here; the log is quiet unless LOG_LEVEL says otherwise. */
function settings(url: string, directory: string): Config {
  const { PORT = '0', LOG_LEVEL = 'warn', LOG_FORMAT, DEBUG_TOKEN } = process.env;
  const TWITCH_CHANNELS = LIVELY_CHANNELS.join(' ');
  const own = { TWITCH_CHANNELS, TWITCH_IRC_URL: url, DATA_DIR: directory };
  const reading = readConfig({ PORT, LOG_LEVEL, LOG_FORMAT, DEBUG_TOKEN, ...own });
  if (reading.ok) return reading.config;
  throw new BadUse(reading.problems.join('\n'));
}

async function startDemoGateway(config: Config): Promise<Gateway> {
  const log = await openLog({
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT,
    noColor: Boolean(process.env['NO_COLOR']),
    clock: systemClock,
    scrubber: createScrubber([config.DEBUG_TOKEN]),
    out: process.stderr,
  });
  return startGateway({
    config,
    warnings: [],
    version: 'demo',
    instance: 'demo',
    // The ledger is shown at the end in any case.
    logger: { ...log.logger, always: log.logger },
    clock: systemClock,
    random: Math.random,
    openBus: undefined,
    openSocket: undefined,
    secrets: plainSecrets,
  });
}

async function playOn(stage: Stage, seed: number): Promise<number> {
  const { gateway, signal } = stage;
  process.stdout.write(
    `The state of everything: http://localhost:${gateway.port}/_debug/twitch   (Ctrl-C ends)\n\n`,
  );
  await Promise.all([sayOn(stage, seed), showStored(stage)]);
  const { ledger } = await gateway.stop(signal.aborted ? 'Ctrl-C' : 'the end');
  process.stdout.write(`\n${ledgerLine(ledger)}\n`);
  return isBalanced(ledger) ? 0 : 1;
}

/** Round after round at a natural pace, each with new ids. */
async function sayOn({ chat, signal }: Stage, seed: number): Promise<void> {
  for (let round = 0; !signal.aborted; round++) {
    for (const { line, pauseMs } of lines(seed, round)) {
      if (signal.aborted) return;
      chat.deliver(line);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function showStored(stage: Stage): Promise<void> {
  for await (const { body } of read(stage, true)) process.stdout.write(`${readableLine(body, paint)}\n`);
}

async function playOnce(stage: Stage, seed: number): Promise<number> {
  const { chat, gateway } = stage;
  const said = [...lines(seed, 0)];
  for (const { line } of said) chat.deliver(line);
  // What was said before a PING has been read when its PONG comes.
  await Promise.all(chat.registered.map((session) => session.roundTrip()));
  const { ledger } = await gateway.stop('the chat is over');

  const stored: StoredMessage[] = [];
  for await (const message of read(stage, false)) stored.push(message);
  for (const { body } of stored) process.stdout.write(`${readableLine(body, paint)}\n`);
  const problems = differences(said, stored);
  if (!isBalanced(ledger)) problems.push('the ledger does not balance');
  process.stdout.write(
    `\n${said.length} lines said, ${stored.length} envelopes stored\n${ledgerLine(ledger)}\n`,
  );
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  return problems.length === 0 ? 0 : 1;
}

function lines(seed: number, round: number): Iterable<LivelyLine> {
  return livelyChat({ seed, round, channels: LIVELY_CHANNELS, now: () => Date.now() });
}

/** Through its own connection, as any other program would. */
function read({ config, signal }: Stage, follow: boolean): AsyncIterable<StoredMessage> {
  const subject = subjectsFor(config.BUS_PREFIX).ingress;
  return readStored({ dataDir: config.DATA_DIR, subject, from: 'start', follow, clock: systemClock, signal });
}
