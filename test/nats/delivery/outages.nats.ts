import { test } from 'node:test';
import { absentServer } from './absent-server.ts';
import { OUTAGES } from './outages.ts';
import { assertInOrder } from './tally.ts';

const inOrder = 'nothing is lost or doubled, order holds, the ledger is balanced throughout';

test(`kill -9 of the server at random moments: ${inOrder}`, async () => {
  assertInOrder(await OUTAGES.killed(4, 1));
});

test(`a server frozen for longer than an ack may take: ${inOrder}`, async () => {
  assertInOrder(await OUTAGES.frozen(2, 2));
});

test(`a link that is cut: ${inOrder}`, async () => {
  assertInOrder(await OUTAGES.cut(4, 3));
});

test(`a link on which what is published gets lost: ${inOrder}`, async () => {
  assertInOrder(await OUTAGES.deafServer(2, 4));
});

test(`a link on which acks get lost: ${inOrder}`, async () => {
  assertInOrder(await OUTAGES.lostAcks(2, 5));
});

test(`a link on which everything gets lost: ${inOrder}`, async () => {
  assertInOrder(await OUTAGES.silentLink(2, 6));
});

test(`a link that delivers a few bytes at a time: ${inOrder}`, async () => {
  assertInOrder(await OUTAGES.sliced(2, 7));
});

test(`a password that is changed on the server, and changed back: ${inOrder}`, async () => {
  assertInOrder(await OUTAGES.password(2, 8));
});

test(`a server that is absent at the start: ${inOrder}`, async () => {
  assertInOrder(await absentServer(1, 9));
});
