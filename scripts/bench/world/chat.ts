import { createServer } from 'node:http';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { ChatServer } from '../../stand-in/chat-server.ts';
import { corpus } from '../corpus.ts';
import { startAckTap } from './ack-tap.ts';
import type { ChatCommand, ChatEvent, ChatOrders } from './chat-orders.ts';
import { frames } from './frames.ts';

const CORPUS_LINES = 5000;
/** What is handed to the socket at once. */
const CHUNK_BYTES = 64 * 1024;

/** A process of its own: Twitch, with more to say than anybody can read. */
const orders = JSON.parse(process.argv[2] ?? '') as ChatOrders;
const said = [
  ...frames(corpus(CORPUS_LINES, orders.channels, orders.seed), orders.count, orders.linesPerFrame),
];
const sentAt: number[] = [];

const http = createServer();
const server = new ChatServer(http, () => performance.now());
let socket: Socket | undefined;
http.on('connection', (connection: Socket) => (socket = connection.setNoDelay(true)));
http.listen(0, '127.0.0.1');
await once(http, 'listening');
const tap = await startAckTap(orders.natsPort);
process.on('message', (command) => void obey(command as ChatCommand));
tell({ kind: 'listening', port: server.port, tapPort: tap.port });
await server.waitFor(
  'somebody in every channel',
  () => server.sessions.some(({ channels }) => channels.size === orders.channels.length),
  60_000,
);
tell({ kind: 'joined' });

async function obey(command: ChatCommand): Promise<void> {
  if (command.kind === 'report') return tell({ kind: 'report', sentAt, ackedAt: [...tap.ackedAt] });
  if (!socket) throw new Error('Nobody is connected');
  await (command.pace === 0 ? flood(socket) : speak(socket, command.pace));
}

/** As fast as it is read. */
async function flood(to: Socket): Promise<void> {
  let chunk: Buffer[] = [];
  let bytes = 0;
  for (const frame of said) {
    chunk.push(frame);
    bytes += frame.length;
    if (bytes < CHUNK_BYTES) continue;
    if (!to.write(Buffer.concat(chunk))) await once(to, 'drain');
    chunk = [];
    bytes = 0;
  }
  to.write(Buffer.concat(chunk));
}

/** Frame by frame, at an even pace, one write each; what a late timer missed is made up for at once. */
async function speak(to: Socket, linesPerSecond: number): Promise<void> {
  const { linesPerFrame } = orders;
  const began = performance.now();
  for (let next = 0; next < said.length; await setTimeout(1)) {
    const due = ((performance.now() - began) * linesPerSecond) / 1000 / linesPerFrame;
    for (; next < Math.min(due, said.length); next += 1) {
      const frame = said[next];
      if (!frame) break;
      const now = performance.timeOrigin + performance.now();
      for (let line = 0; line < linesPerFrame; line += 1) sentAt.push(now);
      to.write(frame);
    }
  }
}

function tell(event: ChatEvent): void {
  process.send?.(event);
}
