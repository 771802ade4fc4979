import { channelsIn } from '../gateway/twitch/fake-socket.ts';
import type { SimSession } from './sim-session.ts';
import type { SimTwitch } from './sim-twitch.ts';

const SERVER = ':tmi.twitch.tv';

/** What the server says to the lines of one client. */
export class SimIrc {
  nick = '';
  token = '';
  registeredAt = Infinity;
  /** Since when a JOIN was refused because the account is in as many channels as it may be. */
  fullSince = Infinity;
  /** JOINs whose answer takes its time. */
  readonly #undecided = new Set<string>();
  readonly #twitch: SimTwitch;
  readonly #session: SimSession;

  constructor(twitch: SimTwitch, session: SimSession) {
    this.#twitch = twitch;
    this.#session = session;
  }

  hear(line: string): void {
    this.#twitch.journal.note(`hears on ${this.#session.number}: ${line}`);
    const [command = '', rest = ''] = line.split(' ', 2);
    if (command === 'PING') this.tell(`${SERVER} PONG tmi.twitch.tv ${rest}`);
    if (command === 'PONG' && rest === ':tmi.twitch.tv') this.#session.pongs.answered();
    if (command === 'PASS') this.token = rest.replace('oauth:', '');
    if (command === 'NICK') this.#login(rest);
    if (command === 'JOIN') for (const channel of channelsIn(line)) this.#join(channel);
    if (command === 'PART') for (const channel of channelsIn(line)) this.part(channel);
  }

  reconnect(): void {
    this.tell(`${SERVER} RECONNECT`);
  }

  part(channel: string): void {
    this.#undecided.delete(channel);
    const { channels, isCut } = this.#session;
    if (!channels.present.has(channel)) return;
    channels.leave(channel, this.#twitch.clock.now(), !isCut);
    this.tell(`${this.#source} PART #${channel}`);
  }

  tell(...texts: readonly string[]): void {
    this.#session.say(...texts.map((text) => ({ text, key: undefined })));
  }

  #login(nick: string): void {
    this.nick = nick;
    const answer = this.#twitch.login(this.token);
    if (answer === 'silence') return;
    if (answer === 'refused') {
      this.tell(`${SERVER} NOTICE * :Login authentication failed`);
      return this.#session.end('close');
    }
    this.registeredAt = this.#twitch.clock.now();
    this.tell(`${SERVER} 001 ${nick} :Welcome, GLHF!`);
    this.#twitch.registered(this.#session);
  }

  #join(channel: string): void {
    const ms = this.#twitch.joining();
    if (ms === 0) return this.#decide(channel);
    this.#undecided.add(channel);
    this.#twitch.clock.outside(ms, () => {
      const { phase, isCut } = this.#session;
      if (this.#undecided.delete(channel) && phase === 'open' && !isCut) this.#decide(channel);
    });
  }

  #decide(channel: string): void {
    const { channels } = this.#session;
    if (channels.present.has(channel)) return;
    const refusal = this.#twitch.judge(channel, this.#session);
    if (refusal === undefined) {
      channels.join(channel, this.#twitch.clock.now());
      this.#twitch.joined(channel, this.#session);
      return this.tell(`${this.#source} JOIN #${channel}`, `${SERVER} ROOMSTATE #${channel}`);
    }
    if (refusal === 'silence') return;
    if (refusal === FULL) this.fullSince = Math.min(this.fullSince, this.#twitch.clock.now());
    else channels.refused.add(channel);
    this.tell(`@msg-id=${refusal} ${SERVER} NOTICE #${channel} :No.`);
  }

  get #source(): string {
    return `:${this.nick}!${this.nick}@${this.nick}.tmi.twitch.tv`;
  }
}

/** No room for another channel: it passes when one is left. */
export const FULL = 'msg_concurrent_channel_limit_reached';
