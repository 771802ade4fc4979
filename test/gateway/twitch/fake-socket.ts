import assert from 'node:assert/strict';
import type { Ending } from '../../../gateway/twitch/endings.ts';
import type { OpenSocket, Socket, SocketEvents } from '../../../gateway/twitch/socket.ts';

/** The near end of a link whose far end is the test: nothing happens on it but what the test does. */
export class FakeSocket implements Socket {
  readonly events: SocketEvents;
  /** Lines sent, without their endings. */
  readonly sent: string[] = [];
  state: 'open' | 'closing' | 'terminated' = 'open';
  /** Called for each line sent: where a test plays the server. */
  onSent = (_line: string): void => {};
  /** Bytes that arrived but were not read: a stalled event loop has them. */
  unread = '';

  constructor(events: SocketEvents) {
    this.events = events;
  }

  send(text: string): void {
    if (this.state !== 'open') return;
    assert.ok(text.endsWith('\r\n'), 'every line sent has its ending');
    const line = text.slice(0, -2);
    this.sent.push(line);
    this.onSent(line);
  }

  close(): void {
    this.state = 'closing';
  }

  terminate(): void {
    this.state = 'terminated';
  }

  whenRead(task: () => void): void {
    if (this.unread !== '') this.receive(this.unread);
    this.unread = '';
    task();
  }

  /** One frame with these lines. */
  say(...lines: readonly string[]): void {
    this.receive(lines.map((line) => `${line}\r\n`).join(''));
  }

  receive(frame: string | Uint8Array): void {
    this.events.onFrame(typeof frame === 'string' ? Buffer.from(frame) : frame);
  }

  closed(ending: Ending = 'closed', detail = 'close code 1006', isWhole = true): void {
    this.events.onClosed(ending, detail, isWhole);
  }

  /** Opens, and welcomes whoever logs in. */
  welcome(): void {
    this.events.onOpen();
    this.say(`:tmi.twitch.tv 001 ${this.nick} :Welcome, GLHF!`);
  }

  get nick(): string {
    return /^NICK (.*)$/m.exec(this.sent.join('\n'))?.[1] ?? '';
  }

  /** Channels asked for, in order. */
  get joins(): readonly string[] {
    return this.sent.filter((line) => line.startsWith('JOIN ')).flatMap(channelsIn);
  }

  /** What Twitch says to a JOIN that succeeds. */
  confirm(channel: string): void {
    this.say(`:${this.nick}!${this.nick}@${this.nick}.tmi.twitch.tv JOIN #${channel}`);
  }
}

/** Opens fake sockets and keeps them. */
export function fakeSockets(onOpened: (socket: FakeSocket) => void = () => {}): {
  readonly openSocket: OpenSocket;
  readonly sockets: FakeSocket[];
} {
  const sockets: FakeSocket[] = [];
  const openSocket: OpenSocket = (_url, events) => {
    const socket = new FakeSocket(events);
    sockets.push(socket);
    onOpened(socket);
    return socket;
  };
  return { openSocket, sockets };
}

/** `JOIN #a,#b` → `a`, `b` */
export function channelsIn(line: string): readonly string[] {
  return line
    .slice('JOIN '.length)
    .split(',')
    .map((channel) => channel.slice(1));
}
