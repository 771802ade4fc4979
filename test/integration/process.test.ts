import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { startChatServer } from '../../scripts/stand-in/chat-server.ts';
import { spoolPath } from '../../gateway/publish/spool-file.ts';
import { KEEP_ALL, openAt, record as logRecord } from '../gateway/store/log-helpers.ts';
import { nodeMain, npmStart, temporaryDirectory } from './gateway-process.ts';

test('--help prints the settings on stdout and exits 0; an unknown argument is refused with 2', async () => {
  await using help = nodeMain({}, '--help');
  assert.deepEqual(await help.ended(), { code: 0, signal: null });
  assert.match(help.stdout, /TWITCH_CHANNELS/);
  await using unknown = nodeMain({}, '--hlep');
  assert.equal((await unknown.ended()).code, 2);
  assert.match(unknown.stderr, /--hlep/);
});

test('bad configuration is reported whole, on stderr alone, with exit code 2', async () => {
  await using gateway = nodeMain({
    TWITCH_CHANNELS: 'not a channel!',
    PUBLISH_TIMEOUT_MS: '80abc',
    PORT: '1e999',
  });
  assert.equal((await gateway.ended()).code, 2);
  for (const name of ['TWITCH_CHANNELS', 'PUBLISH_TIMEOUT_MS', 'PORT'])
    assert.match(gateway.stderr, new RegExp(name));
  assert.equal(gateway.stdout, '');
});

test('a taken PORT, a DATA_DIR in use and one that is a file are refused with exit code 2 and the cure', async () => {
  await using chat = await startChatServer();
  await using directory = await temporaryDirectory();
  const env = { TWITCH_CHANNELS: 'alpha', TWITCH_IRC_URL: chat.url, PORT: '0', DATA_DIR: directory.path };
  await using taken = createServer().listen(0);
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const file = join(directory.path, 'file');
  await writeFile(file, '');

  await using running = nodeMain(env);
  await running.url();
  await using second = nodeMain(env);
  assert.equal((await second.ended()).code, 2);
  assert.match(second.stderr, /in use by another gateway/);
  await using onFile = nodeMain({ ...env, DATA_DIR: file });
  assert.equal((await onFile.ended()).code, 2);
  assert.match(onFile.stderr, /DATA_DIR/);
  await using onPort = nodeMain({ ...env, DATA_DIR: join(directory.path, 'other'), PORT: String(port) });
  assert.equal((await onPort.ended()).code, 2);
  assert.match(onPort.stderr, /PORT/);
});

test('SIGTERM to npm start drains and exits 0, with the ledger as the last line', async () => {
  await using chat = await startChatServer();
  await using directory = await temporaryDirectory();
  await using gateway = npmStart({
    TWITCH_CHANNELS: 'alpha',
    TWITCH_IRC_URL: chat.url,
    PORT: '0',
    DATA_DIR: directory.path,
  });
  const session = await chat.joined('alpha');
  session.say(':ada!ada@ada PRIVMSG #alpha :hello');
  await session.roundTrip();
  gateway.child.kill('SIGTERM');
  assert.deepEqual(await gateway.ended(), { code: 0, signal: null });
  const last = gateway.log.at(-1);
  assert.equal(last?.['message'], 'stopped');
  assert.match(JSON.stringify(last), /"published":1,/);
});

test('the final ledger is logged at every LOG_LEVEL, alone where nothing else is worth a line', async () => {
  await using chat = await startChatServer();
  await using directory = await temporaryDirectory();
  const env = { TWITCH_CHANNELS: 'alpha', TWITCH_IRC_URL: chat.url, PORT: '0', DATA_DIR: directory.path };
  await using gateway = nodeMain({ ...env, LOG_LEVEL: 'error' });
  await chat.joined('alpha');
  gateway.child.kill('SIGTERM');
  assert.deepEqual(await gateway.ended(), { code: 0, signal: null });
  const [only, ...others] = gateway.log;
  assert.deepEqual(others, []);
  assert.deepEqual([only?.['severity'], only?.['message']], ['INFO', 'stopped']);
  assert.match(JSON.stringify(only), /"ledger":\{"received":0,/);
});

test('Ctrl-C in the terminal of npm start reaches the gateway twice, and still drains and exits 0', async () => {
  await using chat = await startChatServer();
  await using directory = await temporaryDirectory();
  await using gateway = npmStart({
    TWITCH_CHANNELS: 'alpha',
    TWITCH_IRC_URL: chat.url,
    PORT: '0',
    DATA_DIR: directory.path,
  });
  await chat.joined('alpha');
  gateway.signalGroup('SIGINT');
  assert.deepEqual(await gateway.ended(), { code: 0, signal: null });
  assert.equal(gateway.log.filter((record) => record['message'] === 'stopping').length, 1);
  assert.equal(gateway.log.at(-1)?.['message'], 'stopped');
});

test('RUN_FOR_S ends a run cleanly by itself', async () => {
  await using chat = await startChatServer();
  await using directory = await temporaryDirectory();
  await using gateway = nodeMain({
    TWITCH_CHANNELS: 'alpha',
    TWITCH_IRC_URL: chat.url,
    PORT: '0',
    DATA_DIR: directory.path,
    RUN_FOR_S: '1',
  });
  assert.deepEqual(await gateway.ended(), { code: 0, signal: null });
  assert.match(JSON.stringify(gateway.log), /RUN_FOR_S/);
});

test('messages in the spool of an earlier run on NATS are told once at a start on the embedded bus', async (t) => {
  await using chat = await startChatServer();
  await using directory = await temporaryDirectory();
  const spool = openAt(t, spoolPath(directory.path), KEEP_ALL);
  spool.append([logRecord('tw:1'), logRecord('tw:2')]);
  spool.close();
  const env = { TWITCH_CHANNELS: 'alpha', TWITCH_IRC_URL: chat.url, PORT: '0', DATA_DIR: directory.path };
  await using gateway = nodeMain(env);
  await chat.joined('alpha');
  gateway.child.kill('SIGTERM');
  assert.equal((await gateway.ended()).code, 0);
  const told = gateway.log.filter(({ warning }) => /MESSAGE_BUS_DRIVER=nats/.test(String(warning)));
  assert.deepEqual(
    told.map(({ severity, message }) => [severity, message]),
    [['WARNING', 'check the configuration']],
  );
  assert.match(String(told[0]?.['warning']), /could not publish \(2\)/);
});
