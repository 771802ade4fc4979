import type { ChannelStatus } from '../../../gateway/status.ts';
import type { GapReason } from '../../../gateway/twitch/gap-log.ts';
import { startSupervisor, type Supervisor } from '../../../gateway/twitch/supervisor.ts';
import { RecentIds } from '../../../shared/recent-ids.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import type { Wishes } from './supervised-chat.ts';
import { VirtualTwitch } from './virtual-twitch.ts';
import { NO_PACE_MEMORY } from '../../../gateway/twitch/pace-memory.ts';

export type ReaderOptions = Wishes & {
  /** Milliseconds one way. */
  readonly latency?: () => number;
  readonly random?: () => number;
};

type Told = {
  readonly channel: string;
  readonly from: number;
  readonly to: number;
  readonly reason: GapReason;
};

function ignore(): void {}

/** A supervisor that reads the virtual Twitch, with a memory of ids downstream. */
export class TwitchReader {
  readonly clock = new VirtualClock(0);
  readonly twitch: VirtualTwitch;
  readonly supervisor: Supervisor;
  /** What it reported of connections and refusals, in words and in order. */
  readonly log: string[] = [];
  /** Gaps it reported. */
  readonly gaps: Told[] = [];
  /** Ids that came for the first time, in order. */
  readonly ids: string[] = [];
  /** How many came again. */
  repeats = 0;
  readonly #recent = new RecentIds(600_000, 100_000);
  #said = 0;

  constructor(channels: readonly string[], options: ReaderOptions = {}) {
    const { latency = () => 50, random = () => 0.5, ...wishes } = options;
    this.twitch = new VirtualTwitch(this.clock, latency);
    const tell = (text: string): unknown => this.log.push(text);
    this.supervisor = startSupervisor({
      url: 'ws://virtual',
      channels,
      login: undefined,
      token: undefined,
      channelsPerConnection: 40,
      idlePingMs: 5_000,
      pongTimeoutMs: 5_000,
      reconnectInitialMs: 1_000,
      reconnectMaxMs: 30_000,
      joinLimit: 20,
      paceMemory: NO_PACE_MEMORY,
      ...wishes,
      clock: this.clock,
      random,
      openSocket: this.twitch.openSocket,
      onChatLine: ({ message }) => this.#take(message.tags.get('id') ?? ''),
      recordLine: undefined,
      events: {
        connectionOpened: ignore,
        connectionRegistered: (identity) => tell(`registered ${identity}`),
        connectionOutgoing: (why) => tell(`outgoing ${why}`),
        connectionEnded: (ending) => tell(`ended ${ending}`),
        loginRefused: (login) => tell(`login of ${login} refused`),
        channelJoined: ignore,
        channelRefused: (channel, refusal, ms) => tell(`refused ${channel} ${refusal} ${ms}`),
        channelLeftFirst: (channel) => tell(`left first ${channel}`),
        gapClosed: (channel, gap) => this.gaps.push({ channel, ...gap }),
        lineIgnored: ignore,
        roundTrip: ignore,
      },
    });
  }

  /** Lets time pass, with a line in each of the channels every `everyMs`. @returns the ids that were said */
  chatFor(ms: number, channels: readonly string[], everyMs = 50): readonly string[] {
    const ids: string[] = [];
    for (let passed = 0; passed < ms; passed += everyMs) {
      for (const channel of channels) {
        const id = `m${this.#said++}`;
        ids.push(id);
        this.twitch.deliver(channel, id);
      }
      this.clock.advance(everyMs);
    }
    return ids;
  }

  channel(name: string): ChannelStatus {
    const found = this.supervisor.status().channels.find(({ channel }) => channel === name);
    if (!found) throw new Error(`${name} is not wanted`);
    return found;
  }

  /** How many channels are in each state. */
  get counts(): Readonly<Record<string, number>> {
    const { channels } = this.supervisor.status();
    return Object.fromEntries(
      [...Map.groupBy(channels, ({ state }) => state)].map(([state, list]) => [state, list.length]),
    );
  }

  /** Channels that nobody reads although they were read before. */
  get uncovered(): readonly string[] {
    const { channels } = this.supervisor.status();
    return channels.filter(({ gaps }) => gaps.at(-1)?.to === null).map(({ channel }) => channel);
  }

  #take(id: string): void {
    if (this.#recent.has(id)) this.repeats += 1;
    else this.ids.push(id);
    this.#recent.add(id, this.clock.now());
  }
}
