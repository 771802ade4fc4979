import type { HeardLine } from '../shared/heard-line.ts';
import { channelsOfShard, joinLimitOfShard } from '../shared/shards.ts';
import { openChatAccount, type ChatAccount } from './chat-account.ts';
import { readChannelsFile, watchChannelsFile, type ChannelsFile } from './channels-file.ts';
import type { Clock, Random } from './clock.ts';
import type { Config } from './config.ts';
import type { Degradation } from './degradation.ts';
import { Recorder } from './recording/recorder.ts';
import type { Secrets } from './secrets/secret-settings.ts';
import type { ChannelStatus, ChatStatus } from './status.ts';
import type { Telemetry } from './telemetry.ts';
import type { PaceMemory } from './twitch/pace-memory.ts';
import { openWebSocket, type OpenSocket } from './twitch/socket.ts';
import { startSupervisor, type Supervisor } from './twitch/supervisor.ts';

/** For the last recorded lines; nothing waits longer for them. */
const RECORDER_STOP_MS = 500;

export type ChatOptions = {
  readonly config: Config;
  /** Every wanted channel, of all shards. */
  readonly channels: readonly string[];
  readonly paceMemory: PaceMemory;
  readonly clock: Clock;
  readonly random: Random;
  /** undefined: a real WebSocket. */
  readonly openSocket: OpenSocket | undefined;
  readonly onChatLine: (line: HeardLine) => void;
  readonly telemetry: Telemetry;
  readonly secrets: Secrets;
};

/** The chat side, connected: this shard's channels are read, perhaps recorded, and changed when their file changes. */
export type Chat = {
  /** Asks Twitch for the first time. */
  start(): void;
  status(): ChatStatus;
  degraded(): readonly Degradation[];
  /** Leaves chat; what is on its way is still read. */
  stop(): Promise<void>;
};

/** @throws ChannelsFileError when the file is there and names no channels */
export async function wantedChannels(config: Config): Promise<readonly string[]> {
  const { TWITCH_CHANNELS, TWITCH_CHANNELS_FILE } = config;
  return TWITCH_CHANNELS_FILE === '' ? TWITCH_CHANNELS : readChannelsFile(TWITCH_CHANNELS_FILE);
}

export function createChat(options: ChatOptions): Chat {
  const { config, channels } = options;
  const ours = (all: readonly string[]) => channelsOfShard(all, config.SHARD_INDEX, config.SHARD_COUNT);
  const atFirst = ours(channels);
  const recorder = createRecorder(options);
  const { TWITCH_BOT_USERNAME: login, TWITCH_BOT_ACCESS_TOKEN: given } = config;
  let token = given || undefined;
  let account: ChatAccount | undefined;
  let supervisor: Supervisor | undefined;
  let watched: ChannelsFile | undefined;
  let isStopped = false;
  const read = (): void => {
    if (isStopped) return;
    supervisor = supervise(options, { channels: atFirst, token, recorder, account });
    watched = watchChannels(options, (all) => supervisor?.setChannels(ours(all)));
  };
  const onToken = (next: string | undefined): void => {
    token = next;
    supervisor?.setAccount(login, next);
  };
  return {
    start() {
      if (login !== '') account = openChatAccount({ ...options, onToken });
      if (account && token === undefined) void account.ready.then(read);
      else read();
    },
    status: () => supervisor?.status() ?? notStarted(atFirst, config.IRC_CHANNELS_PER_CONNECTION),
    degraded: () => [
      ...(supervisor?.degraded() ?? []),
      ...(account?.degraded() ?? []),
      ...(watched?.degraded() ?? []),
    ],
    async stop() {
      isStopped = true;
      watched?.stop();
      await Promise.all([supervisor?.stop(), account?.stop()]);
      await recorder?.stop(RECORDER_STOP_MS);
    },
  };
}

function watchChannels(
  { config, channels, clock, telemetry }: ChatOptions,
  onChange: (channels: readonly string[]) => void,
): ChannelsFile | undefined {
  const { TWITCH_CHANNELS_FILE: path } = config;
  const onTrouble = telemetry.channelsFile.trouble;
  return path === '' ? undefined : watchChannelsFile({ path, channels, clock, onChange, onTrouble });
}

function createRecorder({ config, clock, telemetry }: ChatOptions): Recorder | undefined {
  if (config.RECORD_DIR === '') return undefined;
  const { RECORD_DIR: directory, RECORD_MAX_BYTES: maxBytes } = config;
  return new Recorder({ directory, maxBytes, clock, events: telemetry.recording });
}

type Reading = {
  readonly channels: readonly string[];
  readonly token: string | undefined;
  readonly recorder: Recorder | undefined;
  readonly account: ChatAccount | undefined;
};

function supervise(options: ChatOptions, reading: Reading): Supervisor {
  const { config, paceMemory, clock, random, openSocket, onChatLine, telemetry } = options;
  const { channels, token, recorder, account } = reading;
  return startSupervisor({
    url: config.TWITCH_IRC_URL,
    channels,
    login: config.TWITCH_BOT_USERNAME || undefined,
    token,
    channelsPerConnection: config.IRC_CHANNELS_PER_CONNECTION,
    idlePingMs: config.IRC_IDLE_PING_MS,
    pongTimeoutMs: config.IRC_PONG_TIMEOUT_MS,
    reconnectInitialMs: config.IRC_RECONNECT_INITIAL_MS,
    reconnectMaxMs: config.IRC_RECONNECT_MAX_MS,
    joinLimit: joinLimitOfShard(config.IRC_JOIN_LIMIT, config.SHARD_COUNT),
    paceMemory,
    clock,
    random,
    openSocket: openSocket ?? openWebSocket,
    onChatLine,
    recordLine: recorder?.record,
    events: {
      ...telemetry.chat,
      loginRefused(login, words) {
        telemetry.chat.loginRefused(login, words);
        account?.loginRefused();
      },
    },
  });
}

function notStarted(channels: readonly string[], perConnection: number): ChatStatus {
  return {
    state: 'connecting',
    identity: 'anonymous',
    connections: { needed: Math.ceil(channels.length / perConnection), registered: 0 },
    channels: channels.toSorted().map(waiting),
    lastMessageAt: null,
    lastReconnectAt: null,
    reconnects: 0,
    lastError: null,
  };
}

function waiting(channel: string): ChannelStatus {
  return {
    channel,
    state: 'joining',
    reason: null,
    since: null,
    lastMessageAt: null,
    settled: false,
    gaps: [],
  };
}
