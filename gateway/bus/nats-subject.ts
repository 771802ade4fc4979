import type { StreamInfo } from '@nats-io/jetstream';
import { askApi, type ApiAnswer, type Ask } from './nats-api.ts';
import { takes } from './nats-stream-config.ts';

/** The stream, with what it holds of one subject. */
export function askStream(ask: Ask, stream: string, subject: string): Promise<ApiAnswer<StreamInfo>> {
  return askApi<StreamInfo>(ask, `STREAM.INFO.${stream}`, { subjects_filter: subject });
}

/**
 * Whether there is, or may yet be, a message on the subject in the stream that `askStream` has shown. One that took the
 * subject once may hold some still; one that copies others does not say what it takes.
 */
export function mayHold({ config, state }: Pick<StreamInfo, 'config' | 'state'>, subject: string): boolean {
  const isCopy = config.mirror !== undefined || (config.sources ?? []).length > 0;
  return isCopy || takes(config, subject) || (state.subjects?.[subject] ?? 0) > 0;
}
