import type { StreamConfig } from '@nats-io/jetstream';
import type { Subjects } from '../../shared/subjects.ts';
import { NANOS_PER_MS } from './nats-api.ts';
import type { StreamSettings } from './nats-options.ts';

/** As the server shows it: durations in nanoseconds. */
export type StreamConfigShown = Pick<
  StreamConfig,
  'name' | 'storage' | 'retention' | 'max_age' | 'num_replicas'
> &
  Pick<StreamConfig, 'duplicate_window'> &
  Partial<
    Pick<
      StreamConfig,
      'subjects' | 'no_ack' | 'sealed' | 'max_msgs_per_subject' | 'discard' | 'discard_new_per_subject'
    >
  >;

const NANOS_PER_S = 1e9;

/** https://docs.nats.io/nats-concepts/jetstream/streams#retentionpolicy */
const REMOVED = {
  interest: 'what no consumer waits for is removed, so without a consumer nothing is kept at all',
  workqueue: 'what a consumer has read is removed',
} as const;

/** With a longer one the server's memory of ids costs more than looking into the stream. */
const LONGEST_WINDOW_S = 2 * 60 * 60;

/** How long a server remembers ids unless told otherwise; with less we would look into the stream too often. */
export const USUAL_WINDOW_MS = 2 * 60 * 1000;

/** The configuration of a new stream. */
export function newStreamConfig({ name, maxAgeS, replicas }: StreamSettings, subjects: Subjects) {
  const windowS = maxAgeS === 0 ? LONGEST_WINDOW_S : Math.min(LONGEST_WINDOW_S, maxAgeS);
  return {
    name,
    subjects: [subjects.ingress, subjects.deadLetter],
    retention: 'limits',
    storage: 'file',
    discard: 'old',
    max_age: maxAgeS * NANOS_PER_S,
    duplicate_window: windowS * NANOS_PER_S,
    num_replicas: replicas,
  } as const;
}

export function windowMs(config: StreamConfigShown): number {
  return config.duplicate_window / NANOS_PER_MS;
}

/** How an existing stream differs from what was configured; each a phrase that names the setting to change. */
export function driftOf(config: StreamConfigShown, settings: StreamSettings, subjects: Subjects): string[] {
  const missing = [subjects.ingress, subjects.deadLetter].filter((subject) => !takes(config, subject));
  const maxAgeS = Math.round(config.max_age / NANOS_PER_S);
  return [
    ...told(missing.length > 0, `it does not take ${missing.join(' and ')}`),
    ...told(config.storage !== 'file', 'it is kept in memory: a restart of the server loses what was acked'),
    ...retentionTold(config.retention),
    ...told((config.max_msgs_per_subject ?? 0) > 0, keptPerSubject(config)),
    ...told(
      maxAgeS !== settings.maxAgeS,
      `its maximum age is ${maxAgeS} s, not ${settings.maxAgeS} (NATS_STREAM_MAX_AGE_S)`,
    ),
    ...told(
      config.num_replicas !== settings.replicas,
      `it has ${config.num_replicas} replicas, not ${settings.replicas} (NATS_STREAM_REPLICAS)`,
    ),
    ...told(
      windowMs(config) < Math.min(USUAL_WINDOW_MS, settings.maxAgeS * 1000 || Infinity),
      `it remembers ids for ${windowMs(config) / 1000} s only (duplicate_window)`,
    ),
  ];
}

function retentionTold(retention: StreamConfigShown['retention']): string[] {
  return retention === 'limits' ? [] : [`its retention is ${retention}: ${REMOVED[retention]}`];
}

/** All of our messages share one subject, so the limit is soon reached; 0 and -1 mean there is none. */
function keptPerSubject({
  max_msgs_per_subject: limit,
  discard,
  discard_new_per_subject: isPerSubject,
}: StreamConfigShown): string {
  const beyond =
    discard === 'new' && isPerSubject ? 'newer ones are refused' : 'older ones are removed at once';
  return `it keeps only ${limit} messages of a subject: ${beyond} (max_msgs_per_subject)`;
}

function told(differs: boolean, sentence: string): string[] {
  return differs ? [sentence] : [];
}

/** Whether a message to the subject goes into the stream. */
export function takes({ subjects = [] }: StreamConfigShown, subject: string): boolean {
  return subjects.some((pattern) => matches(pattern.split('.'), subject.split('.')));
}

/** `*` is any one token, `>` one or more at the end: https://docs.nats.io/nats-concepts/subjects#wildcards */
function matches(pattern: readonly string[], tokens: readonly string[]): boolean {
  const end = pattern.indexOf('>');
  if (end === -1 ? pattern.length !== tokens.length : tokens.length <= end) return false;
  const fixed = end === -1 ? pattern : pattern.slice(0, end);
  return fixed.every((token, index) => token === '*' || token === tokens[index]);
}
