import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

export type AckTap = { readonly port: number; readonly ackedAt: readonly number[] };

const SEQUENCE = /"seq": ?(\d+)/g;
/** More than the length of an ack: what may be left of one at the end of a chunk. */
const CARRIED = 64;

/**
 * A proxy for the NATS server that notes when each ack passes, by its sequence, in milliseconds since 1970. It is the same
 * for everybody who is measured, so nobody's own clock matters.
 */
export async function startAckTap(natsPort: number): Promise<AckTap> {
  const ackedAt: number[] = [];
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: natsPort, host: '127.0.0.1', noDelay: true });
    let rest = '';
    upstream.on('data', (chunk) => {
      client.write(chunk);
      rest = noteAcks(rest + chunk.toString('latin1'), ackedAt);
    });
    client.on('data', (chunk) => upstream.write(chunk));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('close', () => other.destroy());
      one.on('error', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, ackedAt };
}

/** @returns what may be the beginning of the next ack */
function noteAcks(text: string, ackedAt: number[]): string {
  const now = performance.timeOrigin + performance.now();
  let end = 0;
  for (const match of text.matchAll(SEQUENCE)) {
    // A number at the end of the chunk may go on in the next one.
    if (match.index + match[0].length === text.length) break;
    ackedAt[Number(match[1])] ??= now;
    end = match.index + match[0].length;
  }
  return text.slice(Math.max(end, text.length - CARRIED));
}
