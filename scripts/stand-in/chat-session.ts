import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Changes } from './changes.ts';
import type { ChatScript } from './chat-script.ts';
import { isAnonymous, judgePass, loginRefusal, type Pass } from './login.ts';
import {
  asSeenWith,
  CAPABILITY_LIST,
  capabilityReply,
  CAPABILITIES,
  globalUserState,
  joinEcho,
  joinNotice,
  loginNotice,
  partEcho,
  ping,
  pong,
  RECONNECT,
  roomState,
  userState,
  welcome,
} from './replies.ts';

/** What a session needs of its server. `now` gives milliseconds of the server's own clock. */
export type Surroundings = {
  readonly script: ChatScript;
  readonly changes: Changes;
  readonly now: () => number;
};

export type SessionPhase = 'connected' | 'registered' | 'refused' | 'ended';

type Heard = { readonly at: number; readonly line: string };
type JoinHeard = { readonly at: number; readonly channel: string };

/** One client's connection as the server sees it: its record, and the levers that a test may pull. */
export class ChatSession {
  /** Every line the client sent; a PASS without its token. */
  readonly heard: Heard[] = [];
  /** Every channel the client asked to join, granted or not. */
  readonly joins: JoinHeard[] = [];
  /** Channels it is in, without `#`. */
  readonly channels = new Set<string>();
  readonly capabilities = new Set<string>();
  readonly openedAt: number;
  phase: SessionPhase = 'connected';
  /** From NICK; "" before it. */
  login = '';
  pass: Pass = 'absent';
  /** When and with which close code the connection ended; 1006: without a close frame. */
  ended: { readonly at: number; readonly code: number } | undefined;

  readonly #ws: WebSocket;
  readonly #socket: Socket;
  readonly #surroundings: Surroundings;
  #closing: NodeJS.Timeout | undefined;
  #halfOpen = false;
  #roundTrips = 0;

  constructor(ws: WebSocket, socket: Socket, surroundings: Surroundings) {
    this.#ws = ws;
    this.#socket = socket;
    this.#surroundings = surroundings;
    this.openedAt = surroundings.now();
    ws.on('message', (data) => this.#onFrame((data as Buffer).toString()));
    ws.on('close', (code) => this.#onClose(code));
    ws.on('error', () => {}); // 'close' follows and is what counts
  }

  /** Sends lines in one frame, each with its ending, as far as the client's capabilities allow. */
  say(...lines: readonly string[]): void {
    const seen = lines
      .map((line) => asSeenWith(this.capabilities, line))
      .filter((line) => line !== undefined);
    if (seen.length > 0) this.frame(seen.map((line) => `${line}\r\n`).join(''));
  }

  /** Sends exactly this as one frame: half a line, several lines, bytes that are not UTF-8. */
  frame(data: string | Uint8Array, kind: 'text' | 'binary' = 'text'): void {
    if (this.#halfOpen || this.#ws.readyState !== WebSocket.OPEN) return;
    this.#ws.send(data, { binary: kind === 'binary' });
  }

  /** Resolves when the client answered a PING: all that was said before it was read. Rejects when the session ends first. */
  async roundTrip(): Promise<void> {
    const token = `round-trip-${++this.#roundTrips}`;
    const answer = new RegExp(`^PONG .*\\b${token}$`);
    const from = this.heard.length;
    this.say(ping(token));
    await this.#surroundings.changes.until(`the PONG to ${token}`, () => {
      if (this.heard.slice(from).some(({ line }) => answer.test(line))) return true;
      if (this.phase === 'ended') throw new Error(`the session ended before the PONG to ${token}`);
      return false;
    });
  }

  /** Asks the client to reconnect and, if told to, closes after so many milliseconds. */
  reconnect(closeAfterMs?: number): void {
    this.say(RECONNECT);
    if (closeAfterMs !== undefined) this.#closing = setTimeout(() => this.close(), closeAfterMs);
  }

  /** Puts the client out of a channel, as Twitch does after a ban. */
  part(channel: string): void {
    if (this.channels.delete(channel)) this.say(partEcho(this.login, channel));
  }

  close(code = 1000): void {
    this.#ws.close(code);
  }

  /** Sends bytes that are no WebSocket frame. */
  garble(): void {
    this.#socket.write(Buffer.of(0xff, 0xff));
  }

  /** Ends the TCP connection with RST. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Stops reading: what the client sends waits in the sockets' buffers. */
  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  /** As if the network went away: nothing is read or said from now on, and neither side is told. */
  goHalfOpen(): void {
    this.#halfOpen = true;
    this.#ws.pause();
  }

  #onFrame(frame: string): void {
    for (const line of frame.split('\r\n')) {
      if (line !== '') this.#onLine(line);
    }
    this.#surroundings.changes.changed();
  }

  #onLine(line: string): void {
    const [, command = '', rest = ''] = /^(\S*) ?(.*)$/s.exec(line) ?? [];
    this.heard.push({ at: this.#surroundings.now(), line: command === 'PASS' ? 'PASS ***' : line });
    if (this.#surroundings.script.mute !== 'everything') this.#answer(command, rest);
  }

  #answer(command: string, rest: string): void {
    const argument = rest.replace(/^:/, '');
    if (command === 'CAP') this.#negotiate(rest);
    if (command === 'PASS') this.pass = judgePass(argument, this.#surroundings.script.tokens);
    if (command === 'NICK') this.#register(argument);
    if (command === 'PING' && this.#surroundings.script.mute !== 'pongs') this.say(pong(argument));
    if (this.phase !== 'registered') return;
    if (command === 'JOIN') this.#join(channelsIn(argument));
    if (command === 'PART') for (const channel of channelsIn(argument)) this.part(channel);
  }

  #negotiate(rest: string): void {
    if (/^LS\b/.test(rest)) return this.say(CAPABILITY_LIST);
    const [, names] = /^REQ :?(.*)$/.exec(rest) ?? [];
    if (names === undefined) return;
    const requested = names.split(' ').filter((name) => name !== '');
    this.say(capabilityReply(requested));
    if (requested.every((name) => CAPABILITIES.has(name)))
      for (const name of requested) this.capabilities.add(name);
  }

  #register(nick: string): void {
    this.login = nick.toLowerCase();
    const refusal = this.#surroundings.script.loginRefusal ?? loginRefusal(this.login, this.pass);
    if (refusal !== undefined) return this.#refuse(refusal);
    this.phase = 'registered';
    this.say(...welcome(this.login), ...(isAnonymous(this.login) ? [] : [globalUserState(this.login)]));
  }

  #refuse(text: string): void {
    this.phase = 'refused';
    this.say(loginNotice(text));
    this.close();
  }

  #join(asked: readonly string[]): void {
    const { script, now } = this.#surroundings;
    for (const channel of asked) {
      this.joins.push({ at: now(), channel });
      const refusal = script.refusals.get(channel);
      if (refusal === undefined) this.#admit(channel);
      else if (refusal !== 'ghost') this.say(joinNotice(channel, refusal));
    }
  }

  #admit(channel: string): void {
    this.channels.add(channel);
    const state = [...(isAnonymous(this.login) ? [] : [userState(this.login, channel)]), roomState(channel)];
    this.say(...joinEcho(this.login, channel));
    this.say(...state);
  }

  #onClose(code: number): void {
    clearTimeout(this.#closing);
    this.phase = 'ended';
    this.channels.clear();
    this.ended = { at: this.#surroundings.now(), code };
    this.#surroundings.changes.changed();
  }
}

function channelsIn(targets: string): readonly string[] {
  return targets
    .split(',')
    .filter((target) => target.startsWith('#'))
    .map((target) => target.slice(1));
}
