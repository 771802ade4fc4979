import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Changes } from '../../scripts/stand-in/changes.ts';
import { startTcpProxy, type TcpProxy } from '../fakes/tcp-proxy.ts';

/** One side of a connection, with a memory. */
export function peer(socket: Socket) {
  const changes = new Changes();
  const chunks: Buffer[] = [];
  const end: { how?: string } = {};
  const ended = (how: string) => {
    end.how ??= how;
    changes.changed();
  };
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    changes.changed();
  });
  socket.on('error', (error) => ended('code' in error ? String(error.code) : error.message));
  socket.on('end', () => ended('FIN'));
  const heard = () => Buffer.concat(chunks).toString();
  return {
    socket,
    chunks,
    heard,
    end,
    hears: (text: string) => changes.until(`"${text}"`, () => heard().endsWith(text)),
    hearsBytes: (count: number) => changes.until(`${count} bytes`, () => socket.bytesRead >= count),
    ends: () => changes.until('the end', () => end.how),
  };
}

type Pair = { readonly client: ReturnType<typeof peer>; readonly server: ReturnType<typeof peer> };

/** A server without a protocol, and the proxy before it. */
export async function setUp() {
  const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startTcpProxy((server.address() as AddressInfo).port);
  return {
    proxy,
    async join(): Promise<Pair> {
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const client = peer(dial(proxy));
      return { client, server: peer((await accepted)[0]) };
    },
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      server.close();
    },
  };
}

export function dial({ port }: TcpProxy): Socket {
  return connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
}

/** What was said goes both ways; a round trip, so whatever could arrive before has arrived. */
export async function talk({ client, server }: Pair, text: string): Promise<void> {
  client.socket.write(text);
  await server.hears(text);
  server.socket.write(text);
  await client.hears(text);
}

/** Text of which every part differs from every other. */
export function numbers(length: number): string {
  let text = '';
  for (let n = 0; text.length < length; n++) text += `${n},`;
  return text.slice(0, length);
}
