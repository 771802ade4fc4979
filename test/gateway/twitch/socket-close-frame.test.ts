import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { openWebSocket } from '../../../gateway/twitch/socket.ts';

/** 1000, a normal end. */
const CLOSE_FRAME = Buffer.of(0x88, 2, 0x03, 0xe8);

test('a WebSocket says that all has arrived where the server resets after its close frame', async (t) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  t.after(() => server.close());
  server.on('connection', (_webSocket, { socket }) => {
    socket.removeAllListeners('data');
    socket.once('data', () => socket.resetAndDestroy());
    socket.write(CLOSE_FRAME);
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const closed = Promise.withResolvers<[detail: string, isWhole: boolean]>();
  openWebSocket(`ws://127.0.0.1:${port}`, {
    onOpen: () => undefined,
    onFrame: () => undefined,
    onClosed: (_ending, detail, isWhole) => closed.resolve([detail, isWhole]),
  });
  assert.deepEqual(await closed.promise, ['close code 1000', true]);
});
