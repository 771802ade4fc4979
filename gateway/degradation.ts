/** The codes of `degraded`, each with a runbook entry. */
export type DegradedCode =
  | 'anonymous'
  | 'token'
  | 'ghost_channels'
  | 'channels_file'
  | 'chat_down'
  | 'bus_down'
  | 'stream_missing'
  | 'stream_full'
  | 'stream_drift'
  | 'publish_denied'
  | 'may_repeat'
  | 'spool_failed'
  | 'dropping';

export type Degradation = { readonly code: DegradedCode; readonly sentence: string };
