import type { Ending } from './endings.ts';

/** What follows each ending. A retry comes when `ReconnectPace` says. */
export const NEXT_MOVE: Readonly<Record<Ending, 'retry' | 'retry_anonymously' | 'rest'>> = {
  connect_failed: 'retry',
  handshake_timeout: 'retry',
  capability_refused: 'retry',
  login_refused: 'retry_anonymously',
  login_timeout: 'retry',
  ping_timeout: 'retry',
  closed: 'retry',
  reconnect_requested: 'retry',
  frame_too_long: 'retry',
  line_too_long: 'retry',
  protocol_error: 'retry',
  stopped: 'rest',
};
