import assert from 'node:assert/strict';
import type { LedgerSnapshot } from '../../gateway/ledger.ts';
import { startChatServer } from '../../scripts/stand-in/chat-server.ts';
import type { GatewayProcess } from '../integration/gateway-process.ts';

/** Cloud Run kills ten seconds after SIGTERM; the gateway promises nine. */
const STOP_WITHIN_MS = 9000;
/** Nothing that is waited for takes so long, unless it never comes. */
const PATIENCE_MS = 60_000;

const ONE_STORED = {
  received: 1,
  recovered: 0,
  published: 1,
  duplicates: 0,
  queued: 0,
  deadLettered: 0,
  dropped: 0,
} satisfies LedgerSnapshot;

export type Life = {
  /** From the start of the process to the first answer of /health/live. */
  readonly startMs: number;
  /** From SIGTERM to the end. */
  readonly stopMs: number;
};

/**
 * One life of a gateway beside a stand-in for Twitch: it answers, stores a line of chat, and stops when told to.
 * Rejects, with what it said, when it does not or not in time; nothing is left running.
 *
 * @param start starts one with these settings
 * @param terminate sends SIGTERM to the gateway itself
 */
export async function liveOnce(
  start: (settings: Readonly<Record<string, string>>) => GatewayProcess,
  terminate: (gateway: GatewayProcess) => Promise<void>,
  stopWithinMs: number = STOP_WITHIN_MS,
): Promise<Life> {
  await using chat = await startChatServer();
  const startedAt = performance.now();
  await using gateway = start({ TWITCH_CHANNELS: 'alpha', TWITCH_IRC_URL: chat.url, PORT: '0' });
  const patience = setTimeout(() => gateway.signalGroup('SIGKILL'), PATIENCE_MS);
  try {
    const { status } = await fetch(`${await gateway.url()}/health/live`);
    const startMs = Math.round(performance.now() - startedAt);
    assert.equal(status, 200, `/health/live answered ${status}`);
    const session = await chat.joined('alpha');
    session.say('@id=rehearsal :ada!ada@ada PRIVMSG #alpha :hello');
    await session.roundTrip();
    const stopMs = await timeToStop(gateway, terminate);
    assert.ok(stopMs < stopWithinMs, `took ${stopMs} ms to stop`);
    const { message, ledger } = gateway.log.at(-1) ?? {};
    assert.deepEqual({ message, ledger }, { message: 'stopped', ledger: ONE_STORED });
    return { startMs, stopMs };
  } finally {
    clearTimeout(patience);
  }
}

async function timeToStop(
  gateway: GatewayProcess,
  terminate: (gateway: GatewayProcess) => Promise<void>,
): Promise<number> {
  const toldAt = performance.now();
  await terminate(gateway);
  const ended = await gateway.ended();
  assert.deepEqual(ended, { code: 0, signal: null }, `${gateway.stdout}${gateway.stderr}`);
  return Math.round(performance.now() - toldAt);
}
