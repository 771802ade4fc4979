import type { NatsAddress } from './nats-url.ts';

/** Which servers, and with which credentials. */
export type NatsServers = {
  readonly address: NatsAddress;
  /** Read again for each connection: credentials are rotated by replacing the file. */
  readonly credsFile: string | undefined;
};

/** What the stream is made with when it is missing. */
export type StreamSettings = {
  readonly name: string;
  /** 0: for ever. */
  readonly maxAgeS: number;
  readonly replicas: number;
};

export type NatsTimings = {
  readonly connectTimeoutMs: number;
  /** Backoff between two connections that failed or did not last, with full jitter. */
  readonly reconnectBaseMs: number;
  readonly reconnectMaxMs: number;
  /** A connection that leaves two pings in a row unanswered is over. */
  readonly pingIntervalMs: number;
  /** How often the server is asked for the stream. */
  readonly lookIntervalMs: number;
  /** How long an answer to a question of ours may take. */
  readonly answerMs: number;
  /** How long the ack of a single message may take. */
  readonly sendMs: number;
};

export const NATS_TIMINGS: NatsTimings = {
  connectTimeoutMs: 5000,
  reconnectBaseMs: 100,
  reconnectMaxMs: 2000,
  pingIntervalMs: 5000,
  lookIntervalMs: 2000,
  answerMs: 2000,
  sendMs: 5000,
};
