import type { HeardLine } from '../../shared/heard-line.ts';
import type { Clock, Random } from '../clock.ts';
import type { ChatEvents } from './chat-events.ts';
import type { PaceMemory } from './pace-memory.ts';
import type { OpenSocket } from './socket.ts';

export type SupervisorOptions = {
  readonly url: string;
  /** Logins, each once. */
  readonly channels: readonly string[];
  /** Undefined: anonymous reading is wanted. */
  readonly login: string | undefined;
  /** With or without `oauth:`. */
  readonly token: string | undefined;
  readonly channelsPerConnection: number;
  readonly idlePingMs: number;
  readonly pongTimeoutMs: number;
  readonly reconnectInitialMs: number;
  readonly reconnectMaxMs: number;
  /** JOINs that the account may send in any 10 s. */
  readonly joinLimit: number;
  readonly paceMemory: PaceMemory;
  readonly clock: Clock;
  readonly random: Random;
  readonly openSocket: OpenSocket;
  /**
   * Every line of chat, in the order received, inside the socket's event: it must be quick and must not throw. While
   * one connection takes over from another, a line comes from both.
   */
  readonly onChatLine: (line: HeardLine) => void;
  /** Is given every line that is read; `connection` counts the connections from 1. Undefined: nobody keeps them. */
  readonly recordLine:
    ((line: string, replacedBytes: boolean, receivedAt: number, connection: number) => void) | undefined;
  readonly events: ChatEvents;
};
