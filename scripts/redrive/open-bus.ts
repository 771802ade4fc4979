import { existsSync } from 'node:fs';
import type { BusMessage, Outcome } from '../../gateway/bus/bus.ts';
import { embeddedBus, embeddedBusPath } from '../../gateway/bus/embedded-bus.ts';
import { NO_LETTERS, type LetterSource } from '../../gateway/bus/letter-source.ts';
import { systemClock } from '../../gateway/clock.ts';
import { readSettings, type Config, type Environment, type Name } from '../../gateway/config.ts';
import { natsSettings } from '../../gateway/nats-settings.ts';
import { deadLettersPath } from '../../gateway/publish/dead-letters.ts';
import { openLog, type Log } from '../../gateway/store/log.ts';
import { messageSize } from '../../shared/message-size.ts';
import { subjectsFor } from '../../shared/subjects.ts';
import { BadUse } from '../bad-use.ts';
import { LogLetters } from './log-letters.ts';
import { errorText } from '../../shared/error-text.ts';

/** Where letters are, and where their envelopes go. */
export type Letters = {
  readonly local: LogLetters | undefined;
  readonly onBus: LetterSource;
  readonly send: (message: BusMessage) => Promise<Outcome>;
  readonly subject: string;
};

export type Wanted = {
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onNotice: (sentence: string) => void;
};

const NAMES = [
  'MESSAGE_BUS_DRIVER',
  'BUS_PREFIX',
  'DATA_DIR',
  'EMBEDDED_MAX_BYTES',
  'NATS_URL',
  'NATS_CREDS_FILE',
  'NATS_STREAM',
  'NATS_STREAM_MAX_AGE_S',
  'NATS_STREAM_REPLICAS',
] as const satisfies readonly Name[];

type Settings = Pick<Config, (typeof NAMES)[number]>;

/** Only the gateway keeps its files within their limits; a command with a different limit would delete from them. */
const AS_IT_IS = { maxBytes: Infinity, discard: 'new', synchronous: 'FULL' } as const;

/** For sending one by one, where each outcome is awaited. */
const UNHEARD = {
  onOutcome: () => undefined,
  onRefused: () => undefined,
  onState: () => undefined,
  onStream: () => undefined,
};

const NOTHING: Pick<Letters, 'onBus' | 'send'> = {
  onBus: NO_LETTERS,
  send: async () => ({ kind: 'ambiguous', error: 'there is no bus' }),
};

/**
 * Opens the local store and the bus that the environment names, for as long as `work` takes.
 *
 * @throws BadUse, BusReadError
 */
export async function withLetters<T>(
  env: Environment,
  wanted: Wanted,
  work: (letters: Letters) => Promise<T>,
): Promise<T> {
  const reading = readSettings(env, NAMES);
  if (!reading.ok) throw new BadUse(reading.problems.join('\n'));
  for (const warning of reading.warnings) wanted.onNotice(warning);
  const { config } = reading;
  await using closing = new AsyncDisposableStack();
  const local = openIfThere(deadLettersPath(config.DATA_DIR), closing);
  const open = config.MESSAGE_BUS_DRIVER === 'nats' ? openNats : openEmbedded;
  const bus = await open(config, wanted, closing);
  const subject = subjectsFor(config.BUS_PREFIX).ingress;
  return await work({ ...bus, subject, local: local && new LogLetters(local, undefined) });
}

type OpenBus = (
  config: Settings,
  wanted: Wanted,
  closing: AsyncDisposableStack,
) => Promise<Pick<Letters, 'onBus' | 'send'>>;

const openNats: OpenBus = async (config, wanted, closing) => {
  const { openNatsRedrive } = await import('../../gateway/bus/nats-redrive.ts');
  const { servers, stream } = natsSettings(config);
  const subject = subjectsFor(config.BUS_PREFIX).deadLetter;
  const nats = await openNatsRedrive({
    ...wanted,
    servers,
    stream: stream.name,
    subject,
    clock: systemClock,
  });
  closing.defer(() => nats.close());
  return { onBus: nats.letters, send: (message) => nats.send(message) };
};

const openEmbedded: OpenBus = async (config, { onNotice }, closing) => {
  const { DATA_DIR: dataDir, EMBEDDED_MAX_BYTES: maxBytes, BUS_PREFIX: prefix } = config;
  const log = openIfThere(embeddedBusPath(dataDir), closing);
  if (!log) {
    if (existsSync(deadLettersPath(dataDir)))
      throw new BadUse(`There is no embedded bus in ${dataDir}: check MESSAGE_BUS_DRIVER.`);
    onNotice(`Nothing is stored in ${dataDir}.`);
    return NOTHING;
  }
  const bus = embeddedBus(log, systemClock)(UNHEARD);
  closing.defer(() => bus.close(0));
  const onBus = new LogLetters(log, subjectsFor(prefix).deadLetter);
  return { onBus, send: async (message) => tooLarge(message, maxBytes) ?? bus.send(message) };
};

/** @throws BadUse when it cannot be used */
function openIfThere(path: string, closing: AsyncDisposableStack): Log | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const log = openLog(path, AS_IT_IS);
    closing.defer(() => log.close());
    return log;
  } catch (error) {
    throw new BadUse(errorText(error));
  }
}

function tooLarge(message: BusMessage, maxBytes: number): Outcome | undefined {
  const size = messageSize(message);
  if (size <= maxBytes) return undefined;
  const error = `${size} bytes with headers; EMBEDDED_MAX_BYTES is ${maxBytes}`;
  return { kind: 'rejected', reason: 'max_msg_size', error };
}
