import { apiError, NO_RESPONDERS, parsed, type ApiError, type WireAnswer } from './nats-failures.ts';

/** What came back to a question. */
export type Reply =
  | ({ readonly kind: 'answered' } & WireAnswer)
  | { readonly kind: 'denied'; readonly error: string }
  | { readonly kind: 'silence'; readonly error: string };

/** Asks one question of the JetStream API; `NatsLink.request` does. */
export type Ask = (subject: string, body: string) => Promise<Reply>;

/** What the API said. `error`: it understood, but will not or cannot; `silence`: it said nothing that we understand. */
export type ApiAnswer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'error'; readonly error: ApiError }
  | { readonly kind: 'denied'; readonly error: string }
  | { readonly kind: 'silence'; readonly error: string };

/** `err_code`: there is no such stream. */
export const STREAM_NOT_FOUND = 10059;

/** JetStream counts time in nanoseconds. */
export const NANOS_PER_MS = 1e6;

/** JetStream is off for us: nobody listens on its API. The words are the server's own when somebody does (10039). */
const NOT_ENABLED: ApiError = {
  code: 503,
  err_code: 10039,
  description: 'JetStream not enabled for account',
};

/**
 * @param verb e.g. `STREAM.INFO.INGRESS`
 * @typeParam T the answer's contents: https://docs.nats.io/reference/reference-protocols/nats_api_reference
 */
export async function askApi<T>(ask: Ask, verb: string, question: object = {}): Promise<ApiAnswer<T>> {
  const reply = await ask(`$JS.API.${verb}`, JSON.stringify(question));
  if (reply.kind !== 'answered') return reply;
  if (reply.status === NO_RESPONDERS) return { kind: 'error', error: NOT_ENABLED };
  const answer = parsed(reply.body);
  const error = apiError(answer);
  if (error) return { kind: 'error', error };
  if (typeof answer === 'object' && answer !== null && 'type' in answer)
    return { kind: 'ok', value: answer as T };
  return { kind: 'silence', error: 'an answer that makes no sense' };
}
