/** Why a connection ended. Every connection ends exactly once, with exactly one of these. */
export const ENDINGS = [
  /** No WebSocket could be opened: DNS, TCP, TLS, or an HTTP answer other than 101. */
  'connect_failed',
  'handshake_timeout',
  /** The server would not grant tags and commands, without which there is nothing to read. */
  'capability_refused',
  'login_refused',
  'login_timeout',
  /** Silence, then no answer to our PING. */
  'ping_timeout',
  /** By the server or on the way: a close frame, FIN or RST. */
  'closed',
  /** The server sent RECONNECT. */
  'reconnect_requested',
  /** We planned it: another connection took over. */
  'replaced',
  'frame_too_long',
  'line_too_long',
  /** What came was not the WebSocket protocol. */
  'protocol_error',
  /** We left. */
  'stopped',
] as const;
export type Ending = (typeof ENDINGS)[number];
