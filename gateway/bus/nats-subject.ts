import type { StreamInfo } from '@nats-io/jetstream';
import { askApi, type ApiAnswer, type Ask } from './nats-api.ts';
import { takes } from './nats-stream-config.ts';

/** The stream, with what it holds of one subject. */
export function askStream(ask: Ask, stream: string, subject: string): Promise<ApiAnswer<StreamInfo>> {
  return askApi<StreamInfo>(ask, `STREAM.INFO.${stream}`, { subjects_filter: subject });
}

/**
 * Whether the stream that `askStream` showed holds, or may yet hold, a message on the subject. One that used to take the
 * subject may still hold some; one that copies others does not say what it takes.
 */
export function mayHold({ config, state }: Pick<StreamInfo, 'config' | 'state'>, subject: string): boolean {
  const isCopy = config.mirror !== undefined || (config.sources ?? []).length > 0;
  return isCopy || takes(config, subject) || (state.subjects?.[subject] ?? 0) > 0;
}
