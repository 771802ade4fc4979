import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

const owner = new AsyncLocalStorage<Set<Socket>>();

subscribe('net.client.socket', (message) => {
  const { socket } = message as { readonly socket: Socket };
  const sockets = owner.getStore();
  sockets?.add(socket);
  socket.once('close', () => sockets?.delete(socket));
});

/**
 * Runs `connect` and remembers the sockets that it opens, so that they can be destroyed.
 *
 * The NATS client keeps its sockets to itself and leaves two kinds open for ever: one whose server accepts but says
 * nothing within the timeout, and a stale one with a full buffer, which it wants to flush first.
 */
export function owningSockets<T>(connect: () => Promise<T>): {
  readonly result: Promise<T>;
  readonly destroy: () => void;
} {
  const sockets = new Set<Socket>();
  return {
    result: owner.run(sockets, connect),
    destroy: () => sockets.forEach((socket) => socket.destroy()),
  };
}
