import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { Changes } from './changes.ts';
import { ChatSession } from './chat-session.ts';
import { wellBehaved } from './chat-script.ts';

/**
 * A stand-in for Twitch's chat server: real WebSockets on 127.0.0.1, Twitch's manners by default, any of its bad days
 * by `script`. It has its own reading and writing of IRC, so that it can bear witness against the parser under test.
 */
export class ChatServer {
  /** How it behaves from now on. */
  readonly script = wellBehaved();
  /** Every session, in the order opened, including those that have ended. */
  readonly sessions: ChatSession[] = [];
  readonly #http: Server;
  readonly #webSockets = new WebSocketServer({ noServer: true });
  readonly #sockets = new Set<Socket>();
  readonly #changes = new Changes();
  readonly #now: () => number;

  constructor(http: Server, now: () => number) {
    this.#http = http;
    this.#now = now;
    http.on('connection', (socket: Socket) => this.#onConnection(socket));
    http.on('upgrade', (request, socket, head) => {
      if (!this.#mayUpgrade(socket as Socket)) return;
      this.#webSockets.handleUpgrade(request, socket, head, (ws) => {
        const surroundings = { script: this.script, changes: this.#changes, now: this.#now };
        this.sessions.push(new ChatSession(ws, socket as Socket, surroundings));
        this.#changes.changed();
      });
    });
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** Sessions whose login was accepted and that have not ended. */
  get registered(): readonly ChatSession[] {
    return this.sessions.filter((session) => session.phase === 'registered');
  }

  /** Says each line to every session in its channel, in one frame a session. */
  deliver(...lines: readonly string[]): void {
    const addressed = lines.map((line) => ({ line, channel: channelOf(line) }));
    for (const session of this.registered) {
      session.say(
        ...addressed.filter(({ channel }) => session.channels.has(channel)).map(({ line }) => line),
      );
    }
  }

  /** When a login (or anyone) asked for each channel: milliseconds of the server's clock, in order. */
  joinTimes(login?: string): readonly number[] {
    return this.sessions
      .filter((session) => login === undefined || session.login === login)
      .flatMap((session) => session.joins.map(({ at }) => at))
      .sort((a, b) => a - b);
  }

  /**
   * Looks now and after everything that a client does, until `look` finds something (neither undefined nor false).
   * Rejects, naming `what`, after `deadlineMs`.
   */
  waitFor<T>(what: string, look: () => T | undefined | false, deadlineMs?: number): Promise<T> {
    return this.#changes.until(what, look, deadlineMs);
  }

  /** The newest session that is in the channel, once there is one. */
  joined(channel: string): Promise<ChatSession> {
    return this.waitFor(`somebody in #${channel}`, () =>
      this.sessions.findLast((session) => session.channels.has(channel)),
    );
  }

  /** Ends every connection without a word and stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#http, 'close');
    this.#http.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#changes.end();
  }

  #onConnection(socket: Socket): void {
    if (this.script.handshake === 'reset') socket.resetAndDestroy();
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {}); // a client that resets is no problem of ours
  }

  #mayUpgrade(socket: Socket): boolean {
    if (this.script.handshake === 'refuse')
      socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
    return this.script.handshake === 'accept';
  }
}

/**
 * Starts listening on 127.0.0.1.
 *
 * @param port 0: any free one
 * @param now the clock of all records, in milliseconds
 */
export async function startChatServer(
  port = 0,
  now: () => number = () => performance.now(),
): Promise<ChatServer> {
  const http = createServer();
  const server = new ChatServer(http, now);
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  return server;
}

/** The channel a line is for, without `#`; "" when it is for none. */
function channelOf(line: string): string {
  return /^(?:@\S* )?:\S+ [A-Z]+ #(\S+)/.exec(line)?.[1] ?? '';
}
