/** The codes of `degraded`, each with a runbook entry. */
export const DEGRADED_CODES = [
  'anonymous',
  'token',
  'ghost_channels',
  'channels_file',
  'chat_down',
  'bus_down',
  'stream_missing',
  'stream_full',
  'stream_drift',
  'publish_denied',
  'may_repeat',
  'spool_failed',
  'dropping',
] as const;
export type DegradedCode = (typeof DEGRADED_CODES)[number];

export type Degradation = { readonly code: DegradedCode; readonly sentence: string };
