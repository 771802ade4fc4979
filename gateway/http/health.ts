import { firstFew } from '../first-few.ts';
import { DROP_MEMORY_MS, type BusStatus, type ChatStatus, type QueueStatus, type Status } from '../status.ts';

/** An un-acked publish this old means that the bus is not keeping up. */
const OLDEST_UNACKED_MS = 3_000;
/** A JOIN that Twitch never answers must not hold up a new revision for ever. */
const STARTUP_PATIENCE_MS = 60_000;
/** How many channels a detail names; the rest are counted. */
const NAMED_CHANNELS = 5;

export type Check = { readonly ok: boolean; readonly detail: string };

export type Readiness = {
  readonly status: 'ready' | 'not-ready';
  readonly checks: Readonly<Record<'chat' | 'channels' | 'bus' | 'queue', Check>>;
};

/** Whether chat is read and what is read can be stored: `ready` when all four checks hold. */
export function readiness(status: Status): Readiness {
  const checks = {
    chat: status.stopping ? { ok: false, detail: 'stopping: chat is left for good' } : chatCheck(status.chat),
    channels: channelsCheck(status.chat),
    bus: busCheck(status.bus),
    queue: queueCheck(status.queue),
  };
  return { status: Object.values(checks).every((check) => check.ok) ? 'ready' : 'not-ready', checks };
}

export type Startup = { readonly status: 'started' | 'starting'; readonly detail: string };

/**
 * Whether the start is over: every first JOIN is settled, or `uptimeMs` has reached 60 s.
 * The bus has no say: its outage must not undo a start.
 */
export function startup(status: Status, uptimeMs: number): Startup {
  const { ok, detail } = channelsCheck(status.chat);
  return { status: ok || uptimeMs >= STARTUP_PATIENCE_MS ? 'started' : 'starting', detail };
}

/** The one-look summary: what is wrong, then what everything adds up to. */
export function summary(status: Status, uptimeMs: number) {
  const { instance, version, chat, bus, ledger } = status;
  return {
    status: status.degraded.length === 0 ? 'ok' : 'degraded',
    degraded: degradedReasons(status),
    chat: chat.state,
    bus: bus.state,
    channels: { wanted: chat.channels.length, joined: joined(chat) },
    ledger,
    instance,
    version,
    uptimeSeconds: Math.floor(uptimeMs / 1000),
  };
}

/** Each reason as `code: sentence`. */
export function degradedReasons(status: Status): string[] {
  return status.degraded.map(({ code, sentence }) => `${code}: ${sentence}`);
}

function chatCheck({ connections: { needed, registered }, lastError }: ChatStatus): Check {
  const detail = `${registered} of ${needed} connections registered`;
  return registered >= needed ? { ok: true, detail } : { ok: false, detail: withError(detail, lastError) };
}

function channelsCheck(chat: ChatStatus): Check {
  const pending = chat.channels.filter(({ settled }) => !settled).map(({ channel }) => `#${channel}`);
  const wanted = chat.channels.length;
  const detail = `${wanted - pending.length} of ${wanted} channels settled`;
  if (pending.length === 0) return { ok: true, detail: `${detail}, ${joined(chat)} joined` };
  return { ok: false, detail: `${detail}: waiting for ${firstFew(pending, NAMED_CHANNELS)}` };
}

function busCheck({ driver, state, lastError }: BusStatus): Check {
  const detail = `${driver} is ${state}`;
  return state === 'up' ? { ok: true, detail } : { ok: false, detail: withError(detail, lastError) };
}

function queueCheck({ waiting, inFlight, spooled, oldestAgeMs, lastDropAgeMs }: QueueStatus): Check {
  const queued = waiting + inFlight + spooled;
  const late = oldestAgeMs >= OLDEST_UNACKED_MS;
  const dropped = lastDropAgeMs !== null && lastDropAgeMs < DROP_MEMORY_MS;
  const details = [
    queued === 0 ? 'nothing queued' : `${queued} queued, the oldest for ${wholeMs(oldestAgeMs)}`,
  ];
  if (late) details.push(`ready below ${OLDEST_UNACKED_MS} ms`);
  if (dropped) details.push(`a message was dropped ${wholeMs(lastDropAgeMs)} ago`);
  return { ok: !late && !dropped, detail: details.join('; ') };
}

function joined(chat: ChatStatus): number {
  return chat.channels.filter(({ state }) => state === 'joined').length;
}

function withError(detail: string, error: string | null): string {
  return error === null ? detail : `${detail}: ${error}`;
}

function wholeMs(ms: number): string {
  return `${Math.floor(ms)} ms`;
}
