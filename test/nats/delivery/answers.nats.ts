import { test } from 'node:test';
import { poison } from './poison.ts';
import { strayResponder } from './stray-responder.ts';
import { assertInOrder } from './tally.ts';
import { twoGateways } from './two-gateways.ts';

test('poison among 10,000 messages ends in the dead letters with its reason and costs nobody else anything', async () => {
  assertInOrder(await poison(1, 1));
});

test('somebody who answers what is no ack is never believed', async () => {
  assertInOrder(await strayResponder(1, 2));
});

test('two gateways on the same channels store every message once', async () => {
  assertInOrder(await twoGateways(1, 3));
});
