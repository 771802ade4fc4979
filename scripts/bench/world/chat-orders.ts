/** What the chat process should say. */
export type ChatOrders = {
  readonly count: number;
  readonly channels: readonly string[];
  readonly linesPerFrame: number;
  readonly seed: number;
  /** Where the NATS server is, for the tap through which the subject talks to it. */
  readonly natsPort: number;
};

/** What it is told while it runs. `pace`: lines per second; 0: as fast as they are read. */
export type ChatCommand = { readonly kind: 'say'; readonly pace: number } | { readonly kind: 'report' };

export type ChatEvent =
  | { readonly kind: 'listening'; readonly port: number; readonly tapPort: number }
  /** Somebody is in all channels. */
  | { readonly kind: 'joined' }
  /** By message: when its frame was sent; by sequence in the stream: when its ack passed. Milliseconds since 1970. */
  | { readonly kind: 'report'; readonly sentAt: readonly number[]; readonly ackedAt: readonly number[] };
