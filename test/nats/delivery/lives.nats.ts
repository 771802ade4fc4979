import { test } from 'node:test';
import { killedGateway, stoppedGateway } from './lives.ts';
import { assertInOrder } from './tally.ts';

test('with SPOOL=always, kill -9 of the gateway loses nothing that its debug page had counted as received', async () => {
  assertInOrder(await killedGateway(3, 1));
});

test('SIGTERM loses nothing that was received, whether the bus is up or down', async () => {
  assertInOrder(await stoppedGateway(2, 2));
});
