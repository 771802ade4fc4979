import type { IgnoredReason } from './connection.ts';
import type { Ending } from './endings.ts';
import type { ClosedGap } from './gap-log.ts';
import type { Outgoing } from './link.ts';
import type { Refusal } from './refusals.ts';

/** What happens on the chat side and is worth telling; never chat text, and never a secret. */
export type ChatEvents = {
  /** A connection is being opened; one `connectionEnded` follows. `identity`: `anonymous` or the login. */
  connectionOpened(identity: string): void;
  connectionRegistered(identity: string): void;
  /** Another connection is being opened to take over from one that still reads. */
  connectionOutgoing(why: Outgoing): void;
  /** @param retryInMs until the next one is opened; null: none is needed, or it is under way */
  connectionEnded(ending: Ending, detail: string, retryInMs: number | null): void;
  /** @param detail the server's words */
  loginRefused(login: string, detail: string): void;
  channelJoined(channel: string): void;
  /** @param retryInMs until the next attempt */
  channelRefused(channel: string, refusal: Refusal, retryInMs: number): void;
  /** The account can be in no more channels, so one is left on the old connection before it is joined on the new one. */
  channelLeftFirst(channel: string): void;
  gapClosed(channel: string, gap: ClosedGap): void;
  lineIgnored(reason: IgnoredReason): void;
  roundTrip(ms: number): void;
};
