import type { Clock } from '../clock.ts';
import type { BusMessage } from './bus.ts';

/** A message as it was published: the body's bytes are exactly the published ones. */
export type StoredMessage = Pick<BusMessage, 'subject' | 'headers' | 'body'> & { readonly sequence: number };

export type ReadOptions = {
  readonly subject: string;
  /** `now`: what is stored after this call. */
  readonly from: 'start' | 'now';
  /** false: ends with what is stored at the time of the call. */
  readonly follow: boolean;
  readonly clock: Clock;
  /** Ends the reading. */
  readonly signal: AbortSignal;
};

/** The bus cannot be read; the message says why, in words for whoever asked. */
export class BusReadError extends Error {}
