import type { Ending } from './endings.ts';

/**
 * What follows each ending, for a group of channels that no other connection has taken over: another connection when
 * `ReconnectPace` says so, with the account's login or anonymously.
 */
export const NEXT_MOVE: Readonly<Record<Ending, 'reopen' | 'reopen_anonymously' | 'rest'>> = {
  connect_failed: 'reopen',
  handshake_timeout: 'reopen',
  capability_refused: 'reopen',
  login_refused: 'reopen_anonymously',
  login_timeout: 'reopen',
  ping_timeout: 'reopen',
  closed: 'reopen',
  reconnect_requested: 'reopen',
  replaced: 'reopen',
  frame_too_long: 'reopen',
  line_too_long: 'reopen',
  protocol_error: 'reopen',
  stopped: 'rest',
};
