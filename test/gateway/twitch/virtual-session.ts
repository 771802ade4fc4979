import type { Clock } from '../../../gateway/clock.ts';
import type { Socket, SocketEvents } from '../../../gateway/twitch/socket.ts';
import type { VirtualTwitch } from './virtual-twitch.ts';

const SERVER = ':tmi.twitch.tv';

/** Both ends of one link to the virtual Twitch: what is sent takes its time each way, in order. */
export class VirtualSession implements Socket {
  /** Channels the server counts it in. */
  readonly channels = new Set<string>();
  nick = '';
  phase: 'connecting' | 'open' | 'ended' = 'connecting';
  /** What is sent either way is lost, and nobody is told. */
  isCut = false;
  /** JOINs are taken in and never answered. */
  isMuted = false;
  readonly #twitch: VirtualTwitch;
  readonly #events: SocketEvents;
  readonly #toServer: (task: () => void) => void;
  readonly #toClient: (task: () => void) => void;
  #isRead = true;

  constructor(twitch: VirtualTwitch, events: SocketEvents) {
    this.#twitch = twitch;
    this.#events = events;
    this.#toServer = inOrder(twitch.clock, twitch.latency);
    this.#toClient = inOrder(twitch.clock, twitch.latency);
    this.#toServer(() => this.#accept());
  }

  send(text: string): void {
    if (this.phase !== 'open') return;
    for (const line of text.split('\r\n').filter(Boolean)) this.#toServer(() => this.#hear(line));
  }

  close(): void {
    this.#toServer(() => this.end());
  }

  terminate(): void {
    this.#isRead = false;
    this.#toServer(() => this.end());
  }

  whenRead(task: () => void): void {
    task();
  }

  /** One frame to the client. */
  say(...lines: readonly string[]): void {
    const frame = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
    this.#tell(() => this.#events.onFrame(frame));
  }

  reconnect(): void {
    this.say(`${SERVER} RECONNECT`);
  }

  /** Puts the client out of a channel. */
  part(channel: string): void {
    if (this.channels.delete(channel)) this.say(`${this.#source} PART #${channel}`);
  }

  /** The server, or whoever closes first, ends it. */
  end(): void {
    if (this.phase === 'ended' || this.isCut) return;
    this.phase = 'ended';
    this.channels.clear();
    this.#tell(() => this.#events.onClosed('closed', 'close code 1006', true));
  }

  #accept(): void {
    if (this.phase === 'ended') return;
    if (!this.#twitch.isAccepting) return this.end();
    this.phase = 'open';
    this.#tell(() => this.#events.onOpen());
  }

  #hear(line: string): void {
    if (this.isCut || this.phase !== 'open') return;
    const [command = '', rest = ''] = line.split(' ', 2);
    if (command === 'PING') this.say(`${SERVER} PONG tmi.twitch.tv ${rest}`);
    if (command === 'NICK') this.#register(rest);
    if (command === 'JOIN') for (const channel of rest.split(',')) this.#join(channel.slice(1));
    if (command === 'PART') for (const channel of rest.split(',')) this.part(channel.slice(1));
  }

  #register(nick: string): void {
    this.nick = nick;
    this.#twitch.logins.push(this.#twitch.clock.now());
    if (this.#twitch.refusedNick === nick) {
      this.say(`${SERVER} NOTICE * :Login authentication failed`);
      return this.end();
    }
    this.say(`${SERVER} 001 ${nick} :Welcome, GLHF!`);
  }

  #join(channel: string): void {
    const refusal = this.#twitch.judge(channel);
    if (refusal === 'ghost' || this.isMuted) return;
    if (refusal !== undefined) return this.say(`@msg-id=${refusal} ${SERVER} NOTICE #${channel} :No.`);
    this.channels.add(channel);
    this.say(`${this.#source} JOIN #${channel}`, `@room-id=1 ${SERVER} ROOMSTATE #${channel}`);
  }

  get #source(): string {
    return `:${this.nick}!${this.nick}@${this.nick}.tmi.twitch.tv`;
  }

  #tell(task: () => void): void {
    if (this.isCut) return;
    this.#toClient(() => {
      if (this.#isRead && !this.isCut) task();
    });
  }
}

/** Runs each task after a delay, none before those given earlier. */
function inOrder(clock: Clock, delay: () => number): (task: () => void) => void {
  let last = 0;
  return (task) => {
    last = Math.max(last, clock.now() + delay());
    clock.after(last - clock.now(), task);
  };
}
