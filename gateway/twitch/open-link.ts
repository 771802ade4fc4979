import { nameOf } from './account.ts';
import { Connection, type ConnectionEvents } from './connection.ts';
import { Link } from './link.ts';
import type { LoginTurn } from './login-turns.ts';
import type { SlotHost } from './slot-host.ts';

/** Opens one more connection, with the current account. */
export function openLink(host: SlotHost, turn: LoginTurn, handlers: (link: Link) => ConnectionEvents): Link {
  const { options, account, nextConnection } = host;
  const { recordLine } = options;
  const reader = account();
  const number = nextConnection();
  options.events.connectionOpened(nameOf(reader));
  return new Link(
    reader,
    turn,
    (link) =>
      new Connection({
        ...options,
        identity: reader.identity(options.random),
        recordLine: recordLine && ((line, bytes, at) => recordLine(line, bytes, at, number)),
        events: handlers(link),
      }),
  );
}
