import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { Changes } from '../../scripts/stand-in/changes.ts';
import type { ChatServer } from '../../scripts/stand-in/chat-server.ts';

export const CAPABILITIES = 'CAP REQ :twitch.tv/tags twitch.tv/commands';
export const HELLO = '@id=1;room-id=2 :ann!ann@ann.tmi.twitch.tv PRIVMSG #kitchen :hello';

/** A plain client that remembers every frame and answers PING, as any client of Twitch does. */
export function connect(server: ChatServer, options: ClientOptions = {}) {
  const ws = new WebSocket(server.url, options);
  const changes = new Changes();
  const frames: Buffer[] = [];
  const end: { code?: number; error?: string } = {};
  ws.on('message', (data) => {
    const frame = data as Buffer;
    frames.push(frame);
    for (const [, token] of frame.toString().matchAll(/^PING :(.*)\r$/gm)) ws.send(`PONG :${token}`);
    changes.changed();
  });
  ws.on('error', (error) => (end.error = error.message));
  ws.on('close', (code) => {
    end.code = code;
    changes.changed();
  });
  const lines = () => Buffer.concat(frames).toString().split('\r\n').filter(Boolean);
  return {
    ws,
    frames,
    lines,
    say: (...spoken: string[]) => ws.send(spoken.map((line) => `${line}\r\n`).join('')),
    opened: () => once(ws, 'open'),
    hears: (pattern: RegExp) =>
      changes.until(`a line like ${pattern}`, () => lines().find((line) => pattern.test(line))),
    closed: () => changes.until('the close', () => end.code !== undefined && end),
  };
}

/** A client that has logged in anonymously and joined the channel. */
export async function reader(server: ChatServer, channel = 'kitchen') {
  const client = connect(server);
  await client.opened();
  client.say(CAPABILITIES, 'NICK justinfan123', `JOIN #${channel}`);
  await client.hears(new RegExp(`ROOMSTATE #${channel}`));
  const session = await server.joined(channel);
  return { client, session };
}
