import assert from 'node:assert/strict';
import type { OpenBus } from '../../../gateway/bus/bus.ts';
import { openNatsBus } from '../../../gateway/bus/nats-bus.ts';
import type { NatsTimings } from '../../../gateway/bus/nats-options.ts';
import { parseNatsUrls } from '../../../gateway/bus/nats-url.ts';
import { systemClock } from '../../../gateway/clock.ts';
import type { Environment } from '../../../gateway/config.ts';
import { readiness } from '../../../gateway/http/health.ts';
import { poll } from '../../fakes/poll.ts';
import { runGateway, type TestGateway } from '../../integration/running-gateway.ts';
import { STREAM, SUBJECTS } from './stream-admin.ts';
import { CHANNELS } from './talk.ts';

/** A tenth of production's, so that a test sees in seconds what takes minutes there. */
export const SHORT_TIMINGS: NatsTimings = {
  connectTimeoutMs: 500,
  reconnectBaseMs: 20,
  reconnectMaxMs: 200,
  pingIntervalMs: 200,
  lookIntervalMs: 200,
  answerMs: 500,
  sendMs: 500,
};

const SHORT_DEADLINES: Environment = {
  TWITCH_CHANNELS: CHANNELS.join(' '),
  IRC_PONG_TIMEOUT_MS: '60000', // a machine that is busy with other tests is no trouble of chat
  MESSAGE_BUS_DRIVER: 'nats',
  PUBLISH_TIMEOUT_MS: '300',
  PUBLISH_BASE_DELAY_MS: '20',
  PUBLISH_MAX_DELAY_MS: '200',
};

/** For what has to come by itself after the last fault. */
const RECOVERY_DEADLINE_MS = 60_000;

/** A fault is noticed within so long. */
const UNREADY_DEADLINE_MS = 5000;

export type NatsGatewayOptions = {
  readonly natsUrl: string;
  readonly chatUrl: string;
  readonly env: Environment;
  readonly timings: Partial<NatsTimings>;
  readonly replicas: number;
};

/** A gateway in this process, on NATS, in a hurry. */
export function runOnNats(options: NatsGatewayOptions): Promise<TestGateway> {
  const { natsUrl, chatUrl, env, timings, replicas } = options;
  const reading = parseNatsUrls(natsUrl);
  assert.ok(reading.ok);
  const openBus: OpenBus = openNatsBus({
    servers: { address: reading.address, credsFile: undefined },
    stream: { name: STREAM, maxAgeS: 604_800, replicas },
    subjects: SUBJECTS,
    clock: systemClock,
    random: Math.random,
    onWarning: () => {},
    timings: { ...SHORT_TIMINGS, ...timings },
  });
  return runGateway({ ...SHORT_DEADLINES, TWITCH_IRC_URL: chatUrl, ...env }, openBus);
}

function isReady({ gateway }: TestGateway): boolean {
  return readiness(gateway.status()).status === 'ready';
}

/** Waits until nothing that was received is queued any more. */
export async function drained({ gateway }: TestGateway): Promise<void> {
  await poll(() => Promise.resolve(assert.equal(gateway.status().ledger.queued, 0)), RECOVERY_DEADLINE_MS);
}

/** Waits until the gateway says that it is not ready, as it must within 5 s. */
export async function unready(running: TestGateway): Promise<void> {
  const look = () => Promise.resolve(assert.ok(!isReady(running), 'ready on a bus that takes nothing'));
  await poll(look, UNREADY_DEADLINE_MS);
}

/**
 * Waits until everything received before now is settled and the gateway is ready.
 *
 * @returns how long that took, in milliseconds
 */
export async function recovered(running: TestGateway): Promise<number> {
  const since = performance.now();
  const { received } = running.gateway.status().ledger;
  await poll(() => Promise.resolve(assertRecovered(running, received)), RECOVERY_DEADLINE_MS);
  return performance.now() - since;
}

function assertRecovered(running: TestGateway, received: number): void {
  const status = running.gateway.status();
  const { published, duplicates, deadLettered, dropped } = status.ledger;
  const settled = published + duplicates + deadLettered + dropped;
  assert.ok(settled >= received, `${settled} of ${received} settled: ${JSON.stringify(status)}`);
  assert.deepEqual(readiness(status).status, 'ready', JSON.stringify(status));
}
