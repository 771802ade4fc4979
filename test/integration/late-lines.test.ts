import assert from 'node:assert/strict';
import { nextTick } from 'node:process';
import { test } from 'node:test';
import type { OpenBus } from '../../gateway/bus/bus.ts';
import { fakeSockets } from '../gateway/twitch/fake-socket.ts';
import { runGateway } from './running-gateway.ts';

test('a line that comes after the queue was closed is among what the stop says it lost', async () => {
  const { openSocket, sockets } = fakeSockets((socket) => queueMicrotask(() => socket.welcome()));
  const sayOneMore = (): void => sockets[0]?.say(':ada!ada@ada.tmi.twitch.tv PRIVMSG #alpha :still here');
  const openBus: OpenBus = () => ({
    driver: 'embedded',
    memory: undefined,
    publish: () => undefined,
    send: async () => ({ kind: 'ambiguous', error: 'not here' }),
    degraded: () => [],
    close: async () => nextTick(sayOneMore),
  });
  const env = { TWITCH_CHANNELS: 'alpha', SHUTDOWN_TIMEOUT_MS: '20' };
  await using running = await runGateway(env, openBus, openSocket);
  await running.until('the JOIN', () => sockets[0]?.joins.includes('alpha'));
  sockets[0]?.confirm('alpha');
  const { ledger, dropped } = await running.gateway.stop('the test says so');
  assert.deepEqual([ledger.received, ledger.dropped, dropped], [1, 1, 1]);
});
