import type { DeliveryConfig } from '../../gateway/delivery.ts';
import type { SupervisorOptions } from '../../gateway/twitch/supervisor-options.ts';
import type { Plan } from './plan.ts';
import { STREAM } from './sim-server.ts';

export const SHUTDOWN_TIMEOUT_MS = 9_000;
export const PONG_TIMEOUT_MS = 5_000;
export const FIRST_TOKEN = 'token0';
export const LOGIN = 'bridge';

export function deliveryConfig(plan: Plan): DeliveryConfig {
  return {
    MESSAGE_BUS_DRIVER: 'nats',
    NATS_URL: 'nats://simulated',
    NATS_CREDS_FILE: '',
    NATS_STREAM: STREAM,
    NATS_STREAM_MAX_AGE_S: 0,
    NATS_STREAM_REPLICAS: 1,
    EMBEDDED_MAX_BYTES: 1_000_000,
    PUBLISH_MAX_RETRIES: plan.maxRetries,
    PUBLISH_BASE_DELAY_MS: 100,
    PUBLISH_MAX_DELAY_MS: 5_000,
    PUBLISH_TIMEOUT_MS: plan.publishTimeoutMs,
    PUBLISH_MAX_IN_FLIGHT: plan.maxInFlight,
    QUEUE_MAX_BYTES: plan.queueMaxBytes,
    SPOOL: plan.spool,
    SPOOL_MAX_BYTES: plan.spoolMaxBytes,
  };
}

type Settings = Omit<
  SupervisorOptions,
  'clock' | 'random' | 'paceMemory' | 'openSocket' | 'onChatLine' | 'events'
>;

export function supervisorSettings(plan: Plan): Settings {
  return {
    url: 'ws://simulated',
    channels: plan.channels,
    login: plan.hasAccount ? LOGIN : undefined,
    token: plan.hasAccount ? FIRST_TOKEN : undefined,
    channelsPerConnection: plan.channelsPerConnection,
    idlePingMs: 5_000,
    pongTimeoutMs: PONG_TIMEOUT_MS,
    reconnectInitialMs: 1_000,
    reconnectMaxMs: 30_000,
    joinLimit: plan.joinLimit,
    recordLine: undefined,
  };
}
