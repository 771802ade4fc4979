import type { Degradation } from '../degradation.ts';
import type { BusState, Refusal } from './bus.ts';
import type { StreamView } from './nats-stream.ts';

/** Why a link that is up stores nothing. `by`: what it was found by. */
type Trouble = {
  readonly code: Refusal['code'] | 'silence';
  readonly error: string;
  readonly by: 'look' | 'answer';
};

/** What is known about the other side, as one value: each event makes the next one. */
export type Standing = {
  /** `linked`: the stream has not been looked at yet. */
  readonly link: 'connecting' | 'down' | 'linked' | 'up';
  readonly linkError: string;
  readonly trouble: Trouble | undefined;
  readonly drift: readonly string[];
  /** Why we may not look at the stream. */
  readonly unseen: string | undefined;
  /** Why we may not read in it. */
  readonly unreadable: string | undefined;
};

export const AT_FIRST: Standing = {
  link: 'connecting',
  linkError: '',
  trouble: undefined,
  drift: [],
  unseen: undefined,
  unreadable: undefined,
};

export type Report = { readonly state: BusState; readonly error: string | null };

/** What the queue is told; undefined: nothing new before the first look. */
export function reportOf({ link, linkError, trouble }: Standing): Report | undefined {
  if (link === 'linked') return undefined;
  if (link === 'down') return { state: 'down', error: linkError };
  if (link === 'connecting') return { state: 'connecting', error: null };
  return trouble ? { state: 'refusing', error: trouble.error } : { state: 'up', error: null };
}

export function linked(standing: Standing): Standing {
  return { ...standing, link: 'linked', trouble: undefined };
}

export function unlinked(standing: Standing, error: string): Standing {
  return { ...standing, link: 'down', linkError: error };
}

/** A look overrules earlier looks, and an answer that there is no stream. */
export function afterLook(standing: Standing, view: StreamView): Standing {
  const seen = { ...standing, link: 'up' } as const;
  const { trouble } = standing;
  if (view.kind === 'silence')
    return { ...seen, trouble: { code: 'silence', error: view.error, by: 'look' } };
  if (view.kind === 'refused') {
    return { ...seen, trouble: { code: view.code, error: view.error, by: 'look' }, drift: view.drift };
  }
  const answered = trouble?.by === 'answer' ? trouble : undefined;
  if (view.kind === 'denied') return { ...seen, trouble: answered, unseen: view.error };
  const left = answered?.code === 'stream_missing' ? undefined : answered;
  return { ...seen, trouble: left, drift: view.drift, unseen: undefined };
}

export function afterRefusal(standing: Standing, { code, error }: Refusal): Standing {
  return { ...standing, trouble: { code, error, by: 'answer' } };
}

/** A full stream still acks what it already has. */
export function afterAck(standing: Standing, duplicate: boolean): Standing {
  if (duplicate && standing.trouble?.code === 'stream_full') return standing;
  return { ...standing, trouble: undefined };
}

/** What an operator should know about it. */
export function degradations({
  link,
  linkError,
  trouble,
  drift,
  unseen,
  unreadable,
}: Standing): Degradation[] {
  const told: Degradation[] = [];
  if (link === 'down') told.push({ code: 'bus_down', sentence: `NATS cannot be reached: ${linkError}` });
  else if (trouble) told.push(troubleTold(trouble));
  if (drift.length > 0) told.push({ code: 'stream_drift', sentence: drift.join('; ') });
  const blind = unreadable ?? unseen;
  if (blind !== undefined) told.push({ code: 'may_repeat', sentence: mayRepeat(blind) });
  return told;
}

function troubleTold({ code, error }: Trouble): Degradation {
  if (code === 'silence') return { code: 'bus_down', sentence: `NATS is connected and silent: ${error}` };
  return { code: code === 'bus_refused' ? 'bus_down' : code, sentence: error };
}

function mayRepeat(why: string): string {
  return (
    'after an outage longer than the memory of the stream a message may be stored twice, since the NATS user may not ' +
    `read the stream (${why}): allow $JS.API.STREAM.INFO, STREAM.MSG.GET, CONSUMER.CREATE and CONSUMER.MSG.NEXT of the stream`
  );
}
