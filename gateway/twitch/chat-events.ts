import type { IgnoredReason } from './connection.ts';
import type { Ending } from './endings.ts';
import type { ClosedGap } from './gap-log.ts';
import type { Refusal } from './refusals.ts';

/** What happens on the chat side and is worth telling; neither chat text nor a secret is ever among it. */
export type ChatEvents = {
  /** A connection is being opened; one `connectionEnded` follows. `identity`: `anonymous` or the login. */
  connectionOpened(identity: string): void;
  connectionRegistered(identity: string): void;
  /** @param retryInMs until the next one is opened; null: none will be */
  connectionEnded(ending: Ending, detail: string, retryInMs: number | null): void;
  /** @param detail the server's words */
  loginRefused(login: string, detail: string): void;
  channelJoined(channel: string): void;
  /** @param retryInMs until it is asked for again */
  channelRefused(channel: string, refusal: Refusal, retryInMs: number): void;
  gapClosed(channel: string, gap: ClosedGap): void;
  lineIgnored(reason: IgnoredReason): void;
  roundTrip(ms: number): void;
};
