import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the ports that Linux hands to outgoing connections (32768 and up): while a server is down nothing takes its
 * port by chance, not even the client that keeps dialling it (a TCP connection can be made to itself).
 */
const FIRST_PORT = 20_000;
const PORTS_PER_PROCESS = 30;
const PROCESSES = 400;

let taken = 0;

/** A port of 127.0.0.1 that binds now. Processes draw from ranges of their own, by pid, so that none takes another's. */
export async function freePort(): Promise<number> {
  const first = FIRST_PORT + (process.pid % PROCESSES) * PORTS_PER_PROCESS;
  for (let tried = 0; tried < PORTS_PER_PROCESS; tried++) {
    const port = first + (taken++ % PORTS_PER_PROCESS);
    if (await binds(port)) return port;
  }
  throw new Error(`No free port from ${first} to ${first + PORTS_PER_PROCESS - 1}`);
}

async function binds(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
