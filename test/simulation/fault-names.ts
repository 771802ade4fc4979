/** One thing that goes wrong in the world. `faults.ts` does each of them. */
export type SimpleFault =
  | 'reconnect'
  | 'close'
  | 'reset'
  | 'half_open'
  | 'dead_then_reset'
  | 'lag'
  | 'deep_lag'
  | 'silent_joins'
  | 'late_joins'
  | 'refused_join'
  | 'ban'
  | 'no_connections'
  | 'hung_handshakes'
  | 'silent_login'
  | 'bad_token'
  | 'new_token'
  | 'hang_up'
  | 'successor_dies'
  | 'other_channels'
  | 'lossy_bus'
  | 'stalled_bus'
  | 'link_down'
  | 'stream_full'
  | 'stream_missing'
  | 'stream_remade'
  | 'publish_denied'
  | 'disk_full'
  | 'stalled_loop'
  | 'long_stall'
  | 'sigterm'
  | 'crash';

/** What seldom comes together by itself. `combinations.ts` brings it about. */
export type Combination =
  | 'silent_handover'
  | 'token_mended'
  | 'third_connection'
  | 'lagging_handover'
  | 'deep_handover'
  | 'crowded_retry'
  | 'late_handover'
  | 'stopped_and_killed';

export type FaultName = SimpleFault | Combination;
