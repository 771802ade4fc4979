import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createIngest } from '../../gateway/ingest.ts';
import { Ledger } from '../../gateway/ledger.ts';
import type { QueuedMessage } from '../../gateway/publish/queued-message.ts';
import type { Envelope } from '../../shared/envelope.ts';
import { ParsedLine, type HeardLine } from '../../shared/heard-line.ts';
import { RecentIds } from '../../shared/recent-ids.ts';
import { parseMessage } from '../../shared/tmi-parser.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';

function startIngest() {
  const ledger = new Ledger();
  const offered: QueuedMessage[] = [];
  const world = { room: true };
  const ingest = createIngest({
    ledger,
    recentIds: new RecentIds(600_000, 100),
    clock: new VirtualClock(),
    subject: 'dev.internal.ingress.v1',
    finalizationDestination: 'internal.finalizer.v1',
    offer: (queued) => {
      if (world.room) offered.push(queued);
      return world.room;
    },
  });
  return { ledger, offered, world, ingest };
}

function chatLine(line: string): HeardLine {
  const message = parseMessage(line);
  assert.ok(message);
  return new ParsedLine({ message, line, replacedBytes: false, receivedAt: Date.UTC(2026, 0, 1) });
}

const LINE = '@id=abc-1;tmi-sent-ts=1700000000000 :ada!ada@ada PRIVMSG #Alpha :héllo';

test('a line becomes a message for the bus, with its key, headers, size and time of speaking', () => {
  const { ingest, offered } = startIngest();
  ingest(chatLine(LINE));
  const [queued] = offered;
  assert.ok(queued);
  const { message, channel, bytes, saidAt } = queued;
  assert.equal(message.messageId, 'tw:abc-1');
  assert.equal(message.subject, 'dev.internal.ingress.v1');
  assert.equal(message.headers['Nats-Msg-Id'], 'tw:abc-1');
  assert.equal(channel, 'alpha');
  assert.equal(saidAt, 1_700_000_000_000);
  const envelope = JSON.parse(Buffer.from(message.body).toString()) as Envelope;
  assert.equal(envelope.payload.text, 'héllo');
  const headerLines = Object.entries(message.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  assert.equal(bytes, message.body.length + Buffer.byteLength(headerLines.join('')));
});

test('an id that was accepted is a duplicate from then on', () => {
  const { ingest, offered, ledger } = startIngest();
  ingest(chatLine(LINE));
  ingest(chatLine(LINE));
  assert.equal(offered.length, 1);
  assert.deepEqual(
    [ledger.received, ledger.duplicates.gateway],
    [1, 1],
    'the queue counts what it is offered',
  );
});

test('an id that found no room is not remembered: its next copy is welcome', () => {
  const { ingest, offered, ledger, world } = startIngest();
  world.room = false;
  ingest(chatLine(LINE));
  world.room = true;
  ingest(chatLine(LINE));
  assert.equal(offered.length, 1);
  assert.equal(ledger.duplicates.gateway, 0);
});
