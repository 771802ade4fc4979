import type { DeadLetterReason, Outcome, Refusal, RefusalCode } from './bus.ts';

/** What came back for a publish: the status of its header (0: none) and its body. */
export type WireAnswer = { readonly status: number; readonly body: string };

/** A member `error` of a JetStream answer. */
export type ApiError = {
  /** Like an HTTP status. */
  readonly code: number;
  readonly err_code: number;
  readonly description: string;
};

/** `no responders`: nobody subscribes to the subject, not even a stream. */
export const NO_RESPONDERS = 503;

/** From 1 on, and exact as a number. */
const SEQUENCE = /^[1-9][0-9]{0,14}$/;

type Rule = (description: string, stream: string) => Outcome;

/**
 * By `err_code`: https://github.com/nats-io/nats-server/blob/main/server/errors.json. Any other error is unknown to us.
 */
const RULES: ReadonlyMap<number, Rule> = new Map([
  ...rules([10077, 10002, 10023, 10028, 10047, 10053], full),
  ...rules([10035, 10039, 10059, 10076, 10096], missing),
  ...rules([10054], rejected('max_msg_size')),
  ...rules([10097], rejected('bad_header')),
  ...rules(
    [10060],
    refused('bus_refused', 'another stream answers on the subject: set NATS_STREAM to its name'),
  ),
  ...rules([10109], refused('bus_refused', 'the stream is sealed for ever: make another one')),
  // A cluster that is electing, moving or catching up: that passes by itself.
  ...rules(
    [10004, 10006, 10007, 10008, 10009, 10041, 10118, 10167, 10194],
    refused('bus_refused', 'it passes by itself'),
  ),
  // An earlier copy of the message is on its way through the cluster; nobody knows yet whether it will arrive.
  ...rules([10158], (description) => ({ kind: 'ambiguous', error: description })),
]);

/**
 * What became of a publish, judged by what came over the wire. An ack is believed only if it names our stream and a
 * position in it: anybody may answer on an inbox.
 */
export function outcomeOf({ status, body }: WireAnswer, stream: string): Outcome {
  const sequence = plainlyAcked(body, stream);
  if (sequence !== undefined) return { kind: 'stored', sequence, duplicate: false };
  if (status === NO_RESPONDERS && body === '') return noStream(stream);
  const answer = parsed(body);
  const error = apiError(answer);
  if (error) return outcomeOfError(error, stream);
  return acked(answer, stream) ?? { kind: 'ambiguous', error: `an answer that is no ack: ${excerpt(body)}` };
}

export function outcomeOfError({ err_code: code, description }: ApiError, stream: string): Outcome {
  const said = `${description} (error ${code})`;
  return RULES.get(code)?.(said, stream) ?? { kind: 'unknown', error: said };
}

/** The server does not say which message it meant: https://docs.nats.io/reference/reference-protocols/nats-protocol#err */
export function publishDenied(subject: string): Refusal {
  const error = `the NATS user may not publish to ${subject}: allow it in the server's permissions`;
  return { kind: 'refused', code: 'publish_denied', error };
}

/** Acks cannot reach us; what was published may still have been stored. */
export function inboxDenied(subject: string): Refusal {
  const error = `the NATS user may not subscribe to ${subject}, where acks arrive: allow _INBOX.>`;
  return { kind: 'refused', code: 'publish_denied', error };
}

function noStream(stream: string): Refusal {
  const error = `no stream takes the subject: ${stream} is missing, or JetStream is off`;
  return { kind: 'refused', code: 'stream_missing', error };
}

/** The member `error` of an answer of the JetStream API, if there is one. */
export function apiError(answer: unknown): ApiError | undefined {
  const error = member(answer, 'error');
  const [code, errCode, description] = ['code', 'err_code', 'description'].map((name) => member(error, name));
  if (typeof errCode !== 'number') return undefined;
  return { code: Number(code), err_code: errCode, description: String(description) };
}

/** undefined: not JSON. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * The sequence in a plain ack, as every server writes it when there is nothing more to say, and as nearly all are;
 * undefined: it is anything else, JSON or not.
 */
function plainlyAcked(body: string, stream: string): number | undefined {
  const before = `{"stream":"${stream}", "seq":`;
  const digits = body.startsWith(before) ? body.slice(before.length, -1) : '';
  return SEQUENCE.test(digits) && body.endsWith('}') ? Number(digits) : undefined;
}

function acked(answer: unknown, stream: string): Outcome | undefined {
  const [sequence, duplicate] = [member(answer, 'seq'), member(answer, 'duplicate') ?? false];
  if (member(answer, 'stream') !== stream || typeof duplicate !== 'boolean') return undefined;
  if (!Number.isSafeInteger(sequence) || Number(sequence) < 1) return undefined;
  return { kind: 'stored', sequence: Number(sequence), duplicate };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function rules(codes: readonly number[], rule: Rule): [number, Rule][] {
  return codes.map((code) => [code, rule]);
}

function full(description: string, stream: string): Refusal {
  const cure = 'raise its limits, remove messages, or give the server more room';
  return { kind: 'refused', code: 'stream_full', error: `${stream} takes no more: ${description}; ${cure}` };
}

function missing(description: string, stream: string): Refusal {
  return { kind: 'refused', code: 'stream_missing', error: `${stream}: ${description}` };
}

function refused(code: RefusalCode, cure: string): Rule {
  return (description, stream) => ({ kind: 'refused', code, error: `${stream}: ${description}; ${cure}` });
}

function rejected(reason: DeadLetterReason): Rule {
  return (error) => ({ kind: 'rejected', reason, error });
}

function excerpt(body: string): string {
  return body === '' ? 'nothing' : JSON.stringify(body.slice(0, 100));
}
