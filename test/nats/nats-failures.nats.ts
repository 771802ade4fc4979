import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscardPolicy, type StreamConfig } from '@nats-io/jetstream';
import type { Outcome } from '../../gateway/bus/bus.ts';
import { startNatsServer, type NatsServer } from '../fakes/nats-server.ts';
import { addStream, manage, message, ObservedBus, purge, SUBJECTS } from './observed-bus.ts';

const STORED = { kind: 'stored', duplicate: false };
const KB = 1024;

async function upOn(server: NatsServer): Promise<ObservedBus> {
  const observed = new ObservedBus({ url: server.url });
  await observed.becomes('up');
  return observed;
}

/** What kind, and which: `refused stream_full`. */
function named(outcome: Outcome): string {
  if (outcome.kind === 'refused') return `refused ${outcome.code}`;
  return outcome.kind === 'rejected' ? `rejected ${outcome.reason}` : outcome.kind;
}

const FULL: readonly [string, Partial<StreamConfig>, RegExp][] = [
  ['messages', { max_msgs: 1 }, /maximum messages exceeded/],
  ['bytes', { max_bytes: 500 }, /maximum bytes exceeded/],
  [
    'messages of a subject',
    { max_msgs_per_subject: 1, discard_new_per_subject: true, max_msgs: 10 },
    /maximum messages per subject exceeded/,
  ],
];

for (const [limit, config, description] of FULL) {
  test(`a stream full by ${limit} refuses for now; the next ack after the cure ends that`, async () => {
    await using server = await startNatsServer();
    await addStream(server, { discard: DiscardPolicy.New, ...config });
    await using observed = await upOn(server);
    assert.equal((await observed.ask(1, { body: 'x'.repeat(200) })).kind, 'stored');
    const refused = await observed.ask(2, { body: 'x'.repeat(200) });
    assert.equal(named(refused), 'refused stream_full');
    assert.match(observed.error, description);
    assert.equal(observed.state, 'refusing');
    assert.ok(observed.codes.includes('stream_full'));
    assert.deepEqual(await observed.ask(1), { kind: 'stored', sequence: 1, duplicate: true });
    assert.equal(observed.state, 'refusing');
    await purge(server);
    assert.equal((await observed.ask(2)).kind, 'stored');
    assert.equal(observed.state, 'up');
    assert.ok(!observed.codes.includes('stream_full'));
  });
}

test('a server without room refuses for now', async () => {
  await using server = await startNatsServer({ jetstream: `max_file_store: ${64 * KB}` });
  await using observed = await upOn(server);
  const outcomes: string[] = [];
  for (let token = 0; token < 10; token++) {
    outcomes.push(named(await observed.ask(token, { body: Buffer.alloc(20 * KB) })));
  }
  assert.equal(outcomes.at(0), 'stored');
  assert.equal(outcomes.at(-1), 'refused stream_full');
  assert.deepEqual(observed.codes, ['stream_full']);
});

test('larger than max_msg_size is refused for good; its neighbours are stored', async () => {
  await using server = await startNatsServer();
  await addStream(server, { max_msg_size: 1000 });
  await using observed = await upOn(server);
  assert.equal((await observed.ask(1)).kind, 'stored');
  assert.equal(named(await observed.ask(2, { body: 'x'.repeat(1000) })), 'rejected max_msg_size');
  assert.equal((await observed.ask(3)).kind, 'stored');
  assert.equal(observed.state, 'up');
});

test('larger than max_payload is refused for good before it is sent, by the limit of the server that is there', async () => {
  await using server = await startNatsServer({ config: 'max_payload: 1000' });
  await using observed = await upOn(server);
  const small = { body: 'x'.repeat(500) };
  const large = { body: 'x'.repeat(1500) };
  assert.equal((await observed.ask(1, small)).kind, 'stored');
  observed.publish(2, large);
  assert.deepEqual(observed.outcomes.length, 1, 'the answer comes in a later turn');
  assert.equal(named(await observed.outcome(2)), 'rejected max_payload');
  assert.equal(named(await observed.bus.send(message(large))), 'rejected max_payload');
  await server.kill();
  await observed.becomes('down');
  await server.reload('max_payload: 2000').catch(() => undefined);
  await server.start();
  await observed.becomes('up');
  assert.equal((await observed.ask(2, large)).kind, 'stored');
  assert.ok(observed.said.filter(({ state }) => state === 'down').length > 0);
});

test('a message of exactly max_payload is stored', async () => {
  await using server = await startNatsServer({ config: 'max_payload: 1000' });
  await using observed = await upOn(server);
  const overhead = 'NATS/1.0\r\nNats-Msg-Id: tw:1\r\ncontent-type: application/json\r\ntype: test\r\n\r\n'
    .length;
  assert.equal((await observed.ask(1, { body: 'x'.repeat(1000 - overhead) })).kind, 'stored');
  assert.equal(named(await observed.ask(2, { body: 'x'.repeat(1001 - overhead) })), 'rejected max_payload');
  assert.deepEqual(
    observed.said.map(({ state }) => state),
    ['connecting', 'up'],
  );
});

test('headers that cannot be sent, or are larger than the server takes, are refused for good', async () => {
  await using server = await startNatsServer();
  await using observed = await upOn(server);
  const good = message();
  const withOdd = (value: string) => ({ ...good, headers: { ...good.headers, odd: value } });
  observed.bus.publish(1, withOdd('x\r\nNats-Msg-Id: tw:other'));
  assert.equal(named(await observed.outcome(1)), 'rejected bad_header');
  observed.bus.publish(2, withOdd('x'.repeat(70 * KB)));
  assert.equal(named(await observed.outcome(2)), 'rejected bad_header');
  assert.equal(named(await observed.bus.send(withOdd('\n'))), 'rejected bad_header');
});

test('with JetStream off everything is refused for now, and it says so', async () => {
  await using server = await startNatsServer({ jetstream: false });
  await using observed = new ObservedBus({ url: server.url });
  await observed.becomes('refusing', /JetStream not enabled/);
  assert.deepEqual(observed.codes, ['stream_missing']);
  assert.equal(named(await observed.ask(1)), 'refused stream_missing');
  assert.equal(named(await observed.bus.send(message())), 'refused stream_missing');
});

test('a sealed stream refuses for now, before and after the first look', async () => {
  await using server = await startNatsServer();
  await using observed = await upOn(server);
  await manage(server, (manager) => manager.streams.update('INGRESS', { sealed: true } as object));
  assert.equal(named(await observed.ask(1)), 'refused bus_refused');
  await observed.becomes('refusing', /sealed/);
  await using later = new ObservedBus({ url: server.url });
  await later.becomes('refusing', /sealed for ever: set NATS_STREAM/);
  assert.ok(later.codes.includes('bus_down'));
});

const STRAY = ['{}', 'not JSON', '', '{"stream":"OTHER","seq":1}', '{"stream":"INGRESS","seq":0}', '+ACK'];

test('a stray responder is not believed; what the stream says afterwards counts', async () => {
  await using server = await startNatsServer();
  await using observed = await upOn(server);
  const stray = await server.connect();
  stray.subscribe(SUBJECTS.ingress, {
    callback: (_, asked) => STRAY.forEach((answer) => void asked.respond(answer)),
  });
  await stray.flush();
  observed.publish(1);
  const answers = await observed.until(
    'all answers',
    () => observed.outcomes.length > STRAY.length && observed.outcomes.map(({ outcome }) => outcome),
  );
  await stray.close();
  assert.equal(answers.filter(({ kind }) => kind === 'ambiguous').length, STRAY.length);
  assert.deepEqual(
    answers.filter(({ kind }) => kind !== 'ambiguous'),
    [{ ...STORED, sequence: 1 }],
  );
  assert.equal(observed.state, 'up');
});

test('what is sent to the inbox without a token that could be ours is nothing to us', async () => {
  await using server = await startNatsServer();
  await using observed = await upOn(server);
  const eavesdropper = await server.connect();
  const reply = new Promise<string>((resolve) => {
    eavesdropper.subscribe(SUBJECTS.ingress, { callback: (_, asked) => resolve(asked.reply ?? '') });
  });
  await eavesdropper.flush();
  assert.equal((await observed.ask(1)).kind, 'stored');
  const inbox = (await reply).replace(/1$/, '');
  for (const token of ['x', '-1', '1e3', '0x1', '1.5', '99999999999999999999', '9'.repeat(400)]) {
    eavesdropper.publish(inbox + token, '{"stream":"INGRESS","seq":5}');
  }
  eavesdropper.publish(`${inbox}77`, '{"stream":"INGRESS","seq":5}');
  await eavesdropper.flush();
  await observed.outcome(77);
  await eavesdropper.close();
  assert.deepEqual(
    observed.outcomes.map(({ token }) => token),
    [1, 77],
  );
});

test('a message sent by itself is answered like any other, and not answered in time it is ambiguous', async () => {
  await using server = await startNatsServer();
  await using observed = await upOn(server);
  const letter = message({ id: 'dl:1', subject: SUBJECTS.deadLetter });
  assert.deepEqual(await observed.bus.send(letter), { ...STORED, sequence: 1 });
  assert.deepEqual(await observed.bus.send(letter), { ...STORED, duplicate: true, sequence: 1 });
  await server.freeze();
  const silent = await observed.bus.send(letter);
  assert.deepEqual(silent, { kind: 'ambiguous', error: 'no answer within 400 ms' });
  server.thaw();
});
