import type { NatsServers, StreamSettings } from './bus/nats-options.ts';
import { natsAddress } from './bus/nats-url.ts';
import type { Config } from './config.ts';

type NatsVariables =
  'NATS_URL' | 'NATS_CREDS_FILE' | 'NATS_STREAM' | 'NATS_STREAM_MAX_AGE_S' | 'NATS_STREAM_REPLICAS';

/** The settings of the bus, from the configuration. */
export function natsSettings(config: Pick<Config, NatsVariables>): {
  readonly servers: NatsServers;
  readonly stream: StreamSettings;
} {
  return {
    servers: { address: natsAddress(config.NATS_URL), credsFile: config.NATS_CREDS_FILE || undefined },
    stream: {
      name: config.NATS_STREAM,
      maxAgeS: config.NATS_STREAM_MAX_AGE_S,
      replicas: config.NATS_STREAM_REPLICAS,
    },
  };
}
