import type { StreamInfo, StreamNames } from '@nats-io/jetstream';
import type { Subjects } from '../../shared/subjects.ts';
import type { Refusal } from './bus.ts';
import { askApi, STREAM_NOT_FOUND, type Ask } from './nats-api.ts';
import { outcomeOfError, type ApiError } from './nats-failures.ts';
import type { StreamSettings } from './nats-options.ts';
import { driftOf, newStreamConfig, takes, windowMs } from './nats-stream-config.ts';

/** What a look at the stream showed. */
export type StreamView =
  /** `id`: changes when the stream is deleted and made again. `made`: by this look. */
  | {
      readonly kind: 'there';
      readonly id: string;
      /** Of all its messages, even those that are no longer there. */
      readonly lastSequence: number;
      readonly windowMs: number;
      readonly drift: readonly string[];
      readonly made: boolean;
    }
  /** Nothing can be stored there now. */
  | RefusedView
  /** We may not look; publishing may still work. */
  | { readonly kind: 'denied'; readonly error: string }
  | { readonly kind: 'silence'; readonly error: string };

type RefusedView = Refusal & { readonly drift: readonly string[] };

type Wanted = { readonly settings: StreamSettings; readonly subjects: Subjects };

const NAME_IN_USE = 10058;
const SUBJECTS_OVERLAP = 10065;

const MAKING_CURES: ReadonlyMap<number, string> = new Map([
  [10074, 'a server by itself has one replica: set NATS_STREAM_REPLICAS=1'],
  [10005, 'fewer servers than replicas: add servers or lower NATS_STREAM_REPLICAS'],
  [10027, "raise the account's limit of streams"],
]);

/** Looks at the stream, and makes it if it is missing and may be made; an existing one is never changed. */
export async function lookAtStream(
  ask: Ask,
  wanted: Wanted & { readonly mayMake: boolean },
): Promise<StreamView> {
  const info = await askApi<StreamInfo>(ask, `STREAM.INFO.${wanted.settings.name}`);
  if (info.kind === 'ok') return viewOf(info.value, wanted, false);
  if (info.kind !== 'error') return info;
  const { name } = wanted.settings;
  if (info.error.err_code !== STREAM_NOT_FOUND) return notNow(info.error, name);
  return wanted.mayMake
    ? makeStream(ask, wanted)
    : missing(`${name} is gone; it is made again at the next look`);
}

async function makeStream(ask: Ask, wanted: Wanted): Promise<StreamView> {
  const { settings, subjects } = wanted;
  const { name } = settings;
  const made = await askApi<StreamInfo>(ask, `STREAM.CREATE.${name}`, newStreamConfig(settings, subjects));
  if (made.kind === 'ok') return viewOf(made.value, wanted, true);
  if (made.kind === 'error') return notMade(ask, wanted, made.error);
  if (made.kind === 'silence') return made;
  const api = `$JS.API.STREAM.CREATE.${name}`;
  return missing(`${name} is missing and the NATS user may not make it: make it, or allow ${api}`);
}

async function notMade(ask: Ask, { settings, subjects }: Wanted, error: ApiError): Promise<StreamView> {
  const { name } = settings;
  if (error.err_code === NAME_IN_USE)
    return { kind: 'silence', error: `${name} is being made by somebody else` };
  if (error.err_code === SUBJECTS_OVERLAP) return missing(await heldElsewhere(ask, name, subjects));
  const cure = MAKING_CURES.get(error.err_code);
  return missing(
    `${name} cannot be made: ${error.description} (error ${error.err_code})${cure ? `; ${cure}` : ''}`,
  );
}

async function heldElsewhere(ask: Ask, name: string, { ingress, deadLetter }: Subjects): Promise<string> {
  for (const subject of [ingress, deadLetter]) {
    const answer = await askApi<StreamNames>(ask, 'STREAM.NAMES', { subject });
    const holder = answer.kind === 'ok' ? answer.value.streams?.[0] : undefined;
    if (holder !== undefined) return `another stream holds ${subject}: set NATS_STREAM=${holder}`;
  }
  return `another stream holds ${ingress} or ${deadLetter}: set NATS_STREAM to its name, instead of ${name}`;
}

function viewOf(info: StreamInfo, { settings, subjects }: Wanted, made: boolean): StreamView {
  const { config, created, state } = info;
  const drift = driftOf(config, settings, subjects);
  const refusal = unusable(config, subjects);
  if (refusal) return { ...refusal, drift };
  const [id, lastSequence] = [`${config.name} ${created}`, state.last_seq];
  return { kind: 'there', id, lastSequence, windowMs: windowMs(config), drift, made };
}

function unusable(config: StreamInfo['config'], { ingress }: Subjects): Refusal | undefined {
  const { name } = config;
  if (config.sealed)
    return refused('bus_refused', `${name} is sealed for ever: set NATS_STREAM to another name`);
  if (config.no_ack) return refused('bus_refused', `${name} acks nothing: edit it, no_ack false`);
  if (takes(config, ingress)) return undefined;
  return missing(
    `${name} does not take ${ingress}: add the subject to it, or set NATS_STREAM to the stream that does`,
  );
}

function notNow(error: ApiError, name: string): StreamView {
  const outcome = outcomeOfError(error, name);
  if (outcome.kind === 'refused') return { ...outcome, drift: [] };
  return refused('bus_refused', `${name}: ${error.description} (error ${error.err_code})`);
}

function missing(error: string): RefusedView {
  return refused('stream_missing', error);
}

function refused(code: Refusal['code'], error: string): RefusedView {
  return { kind: 'refused', code, error, drift: [] };
}
