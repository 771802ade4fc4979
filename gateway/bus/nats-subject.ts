import type { StreamInfo } from '@nats-io/jetstream';
import { askApi, type ApiAnswer, type Ask } from './nats-api.ts';
import { takes } from './nats-stream-config.ts';

/** The stream, with what it holds of one subject. */
export function askStream(ask: Ask, stream: string, subject: string): Promise<ApiAnswer<StreamInfo>> {
  return askApi<StreamInfo>(ask, `STREAM.INFO.${stream}`, { subjects_filter: subject });
}

type Seen = Pick<StreamInfo, 'config' | 'state'>;

/**
 * Whether the stream that `askStream` showed holds, or may yet hold, a message on the subject. One that used to take the
 * subject may still hold some; one that copies others does not say what it takes.
 */
export function mayHold(seen: Seen, subject: string): boolean {
  return mayTake(seen, subject) || held(seen, subject) > 0;
}

/**
 * Why what the stream holds of a subject cannot be read; undefined: it can. For one that it took once and takes no more the
 * server makes no consumer (error 10093).
 */
export function outOfReach(stream: string, seen: Seen, subject: string): OutOfReach | undefined {
  const count = held(seen, subject);
  if (count === 0 || mayTake(seen, subject)) return undefined;
  const why = `the stream ${stream} holds messages on ${subject} (${count}), which it takes no more: add that subject to it to read them`;
  return { count, why };
}

export type OutOfReach = { readonly count: number; readonly why: string };

function mayTake({ config }: Seen, subject: string): boolean {
  const isCopy = config.mirror !== undefined || (config.sources ?? []).length > 0;
  return isCopy || takes(config, subject);
}

function held({ state }: Seen, subject: string): number {
  return state.subjects?.[subject] ?? 0;
}
