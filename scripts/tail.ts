import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { BusReadError, type StoredMessage } from '../gateway/bus/stored-message.ts';
import { systemClock } from '../gateway/clock.ts';
import { StoreError } from '../gateway/store/database.ts';
import { BadUse } from './bad-use.ts';
import { openStored, type Stored } from './stored-messages.ts';
import { paintFor, readableLine } from './terminal.ts';
import { errorText } from '../shared/error-text.ts';

const USAGE = `Prints what is stored on the bus, in stored order, and follows it.

Usage: npm run -s tail -- [--json] [--headers] [--from start|now] [--once] [--dead-letters]

  --json            one envelope a line, byte for byte as published (otherwise: a line to read)
  --headers         with --json: {"seq":1,"subject":"…","headers":{…},"body":{…}} a line
  --from start|now  where to begin; now unless said
  --once            ends with what is stored now, instead of following
  --dead-letters    the dead letters instead of the chat messages
  --help            this text

Reads MESSAGE_BUS_DRIVER, BUS_PREFIX, DATA_DIR and the NATS_ variables from the environment.
Works beside the gateway, or after it has ended.
`;

type Request = {
  readonly json: boolean;
  readonly headers: boolean;
  readonly from: 'start' | 'now';
  readonly follow: boolean;
  readonly deadLetters: boolean;
};

const paint = paintFor(process.stdout);
const ending = new AbortController();
const end = () => ending.abort();

/** A reader that went away (`| head -1`) is an ordinary end; anything else wrong with stdout is not. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') {
    notice(`stdout: ${error.message}`);
    process.exitCode = 1;
  }
  end();
});
process.on('SIGINT', end);
process.on('SIGTERM', end);

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isUseless = error instanceof BadUse || error instanceof StoreError;
  if (!isUseless && !(error instanceof BusReadError)) throw error;
  notice(error.message);
  process.exitCode = isUseless ? 2 : 1;
}

async function main(args: readonly string[]): Promise<void> {
  const request = readRequest(args);
  if (request === 'help') return print(USAGE);
  const stored = await openStored(process.env, {
    ...request,
    clock: systemClock,
    signal: ending.signal,
    onNotice: notice,
  });
  announce(stored, request);
  for await (const message of stored.messages) {
    await print(lineOf(message, request));
    if (ending.signal.aborted) return;
  }
}

function readRequest(args: readonly string[]): Request | 'help' {
  const { help, json, headers, from, once: onlyOnce, 'dead-letters': deadLetters } = readFlags(args);
  if (help) return 'help';
  if (from !== 'start' && from !== 'now') throw new BadUse(`--from takes "start" or "now"\n\n${USAGE}`);
  if (headers && !json) throw new BadUse(`--headers needs --json\n\n${USAGE}`);
  return { json, headers, from, follow: !onlyOnce, deadLetters };
}

function readFlags(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const from = { type: 'string', default: 'now' } as const;
  try {
    const options = { help: flag, json: flag, headers: flag, from, once: flag, 'dead-letters': flag };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new BadUse(`${errorText(error)}\n\n${USAGE}`);
  }
}

function announce({ place, subject, lacks }: Stored, { from, follow }: Request): void {
  const waiting = follow ? '; waiting for it, Ctrl-C ends' : '';
  if (lacks === 'subject') notice(`${place} does not take ${subject}: nothing of it is stored${waiting}.`);
  else if (lacks) notice(`Nothing is stored in ${place} yet${waiting}.`);
  else if (follow) notice(`Following ${subject} in ${place} from ${from}; Ctrl-C ends.`);
}

function lineOf(message: StoredMessage, { json, headers }: Request): string | Uint8Array {
  if (!json) return `${readableLine(message.body, paint)}\n`;
  if (!headers) return Buffer.concat([message.body, Buffer.from('\n')]);
  const attributes = { seq: message.sequence, subject: message.subject, headers: message.headers };
  const start = `${JSON.stringify(attributes).slice(0, -1)},"body":`;
  return Buffer.concat([Buffer.from(start), message.body, Buffer.from('}\n')]);
}

/** Waits while whoever reads is slower than the disk. */
async function print(line: string | Uint8Array): Promise<void> {
  if (process.stdout.write(line)) return;
  await once(process.stdout, 'drain', { signal: ending.signal }).catch(() => undefined);
}

function notice(text: string): void {
  process.stderr.write(`${text}\n`);
}
