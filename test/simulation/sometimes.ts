import { EVERY_FAULT } from './combinations.ts';
import type { Outcome } from './many-seeds.ts';

/** What has to happen in so many seeds at all. */
const FEW_SEEDS = 2_000;
/** And in so many, so often at least. */
const MANY_SEEDS = 100_000;
const MANY_TIMES = 100;

/** A coincidence that never happens proves nothing. */
const SOMETIMES: readonly string[] = [
  ...Object.keys(EVERY_FAULT).map((name) => `fault: ${name}`),
  ...['ack_late', 'ack_lost', 'ack_twice', 'false_ack', 'lost', 'refused', 'stored', 'unknown_error'].map(
    (fate) => `bus: ${fate}`,
  ),
  'bus: answers "duplicate"',
  'bus: found what was not acked',
  'bus: looked for what it holds',
  'bus: stored out of order',
  'channel refused: banned',
  'channel refused: msg_banned',
  'channel refused: msg_channel_suspended',
  'channel refused: msg_concurrent_channel_limit_reached',
  'channel refused: msg_room_not_found',
  'channel refused: no_answer',
  'chat: RECONNECT before every channel is read',
  'chat: a JOIN refused for want of room',
  'chat: a channel left first and joined anew',
  'chat: a connection let go while its successor died',
  'chat: a gap was told',
  'chat: a gap was told, for want of room',
  'chat: a line recognised as a repetition',
  'chat: a line said twice',
  'chat: a line to two connections',
  'chat: a line to three connections',
  'chat: a new token while a connection is being replaced',
  'chat: an overlap that time ended',
  'chat: replaces a connection, ping_timeout',
  'chat: replaces a connection, reconnect_requested',
  'chat: replaces a connection, replaced',
  'connection ended: closed',
  'connection ended: handshake_timeout',
  'connection ended: login_refused',
  'connection ended: login_timeout',
  'connection ended: ping_timeout',
  'connection ended: reconnect_requested',
  'connection ended: replaced',
  'connection ended: stopped',
  'dead letter: bad_header',
  'dead letter: max_msg_size',
  'dead letter: max_payload',
  'dead letter: not kept',
  'dead letter: unknown_error',
  'dead letter: waits for the bus',
  'disk: a commit that failed',
  'dropped: deadletter_store',
  'dropped: queue_full',
  'dropped: shutdown',
  'dropped: spool_full',
  'frame: ends within a line',
  'process: killed',
  'process: killed while it stops',
  'process: started with a spool',
  'process: stopped while it connects',
  'process: stopped with a queue',
  'publish: failed, ambiguous',
  'publish: failed, refused',
  'publish: failed, unknown',
  'queue: more than memory holds',
  'rate: more than the limit of JOINs in a run',
  'rate: more than the limit of logins in a run',
];

/** What happened too seldom in many seeds of all kinds. */
export function tooSeldom({ seeds, counts }: Outcome): readonly string[] {
  if (seeds < FEW_SEEDS) return [];
  const due = seeds < MANY_SEEDS ? 1 : MANY_TIMES;
  return SOMETIMES.filter((name) => (counts.get(name) ?? 0) < due);
}
