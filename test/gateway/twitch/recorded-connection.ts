import type { Clock } from '../../../gateway/clock.ts';
import { Connection } from '../../../gateway/twitch/connection.ts';
import type { OpenSocket } from '../../../gateway/twitch/socket.ts';

export type RecordedConnection = {
  readonly connection: Connection;
  /** What it reported, in words and in order. */
  readonly log: string[];
  /** The raw lines of chat. */
  readonly chat: string[];
  /** Settles with the ending. */
  readonly ended: Promise<string>;
};

/** An anonymous connection that writes down all it reports. */
export function recordConnection(
  url: string,
  openSocket: OpenSocket,
  clock: Clock,
  onRegistered = (_connection: Connection): void => {},
): RecordedConnection {
  const log: string[] = [];
  const chat: string[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  const connection: Connection = new Connection({
    url,
    identity: { nick: 'justinfan7', authentication: () => ['NICK justinfan7'], conceal: (words) => words },
    idlePingMs: 5_000,
    pongTimeoutMs: 3_000,
    clock,
    openSocket,
    recordLine: undefined,
    events: {
      onLogin: () => {},
      onRegistered() {
        log.push('registered');
        onRegistered(connection);
      },
      onJoined: (channel) => log.push(`joined ${channel}`),
      onParted: (channel) => log.push(`parted ${channel}`),
      onOutgoing: (why) => log.push(`outgoing ${why}`),
      onRefused: (channel, refusal) => log.push(`refused ${channel} ${refusal}`),
      onChatLine({ line, receivedAt, replacedBytes }) {
        chat.push(line);
        log.push(`chat at ${receivedAt}${replacedBytes ? ' damaged' : ''}`);
      },
      onIgnored: (reason) => log.push(`ignored ${reason}`),
      onRoundTrip: (ms) => log.push(`round trip ${ms}`),
      onEnded(ending, _detail, readUntil) {
        log.push(`ended ${ending} at ${readUntil}`);
        resolve(ending);
      },
    },
  });
  return { connection, log, chat, ended };
}

export function chatLine(text: string, channel = 'a'): string {
  return `:ann!ann@ann.tmi.twitch.tv PRIVMSG #${channel} :${text}`;
}
