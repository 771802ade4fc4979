import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startChatServer } from '../../scripts/stand-in/chat-server.ts';
import { systemClock } from '../../gateway/clock.ts';
import { FakeBus } from '../fakes/fake-bus.ts';
import { GatewayProcess, nodeMain, temporaryDirectory } from './gateway-process.ts';
import { runGateway } from './running-gateway.ts';

const privmsg = (channel: string, id: string): string =>
  `@id=${id};tmi-sent-ts=1700000000000 :ada!ada@ada.tmi.twitch.tv PRIVMSG #${channel} :hello 👋`;

/** What a command says that ends well. */
async function run(dataDir: string, ...args: readonly string[]): Promise<string> {
  await using command = new GatewayProcess(process.execPath, args, { DATA_DIR: dataDir });
  assert.equal((await command.ended()).code, 0, command.stderr);
  return command.stdout;
}

test('a change of TWITCH_CHANNELS_FILE joins and parts the difference, and touches nothing else', async () => {
  await using chat = await startChatServer();
  await using directory = await temporaryDirectory();
  const file = join(directory.path, 'channels');
  await writeFile(file, 'alpha\nbeta\n');
  const bus = new FakeBus(systemClock, 1);
  await using running = await runGateway({ TWITCH_CHANNELS_FILE: file, TWITCH_IRC_URL: chat.url }, bus.open);
  const session = await chat.joined('beta');
  await writeFile(file, '#Beta, gamma');
  await chat.joined('gamma');
  await running.until('alpha to be parted', () => !session.channels.has('alpha'));
  assert.deepEqual([...session.channels].toSorted(), ['beta', 'gamma']);
  assert.equal(session.joins.filter(({ channel }) => channel === 'beta').length, 1);

  await writeFile(file, 'not a channel!');
  await running.until('the file to be told', () =>
    running.gateway.status().degraded.some(({ code }) => code === 'channels_file'),
  );
  assert.deepEqual([...session.channels].toSorted(), ['beta', 'gamma']);
});

test('the shards of one list read every channel once', async () => {
  await using chat = await startChatServer();
  const channels = Array.from({ length: 12 }, (_, i) => `channel_${i}`);
  const bus = new FakeBus(systemClock, 1);
  const shard = (index: number) => ({
    TWITCH_CHANNELS: channels.join(),
    TWITCH_IRC_URL: chat.url,
    SHARD_INDEX: String(index),
    SHARD_COUNT: '2',
    IRC_JOIN_LIMIT: '40',
  });
  await using first = await runGateway(shard(0), bus.open);
  await using second = await runGateway(shard(1), new FakeBus(systemClock, 1).open);
  await chat.waitFor('every channel', () => chat.joinTimes().length === channels.length);
  const read = [first, second].flatMap(({ gateway }) =>
    gateway.status().chat.channels.map(({ channel }) => channel),
  );
  assert.deepEqual(read.toSorted(), channels.toSorted());
});

test('what was recorded is replayed to the byte', async () => {
  await using chat = await startChatServer();
  await using live = await temporaryDirectory();
  await using again = await temporaryDirectory();
  await using recordings = await temporaryDirectory();
  const env = { TWITCH_CHANNELS: 'alpha', TWITCH_IRC_URL: chat.url, PORT: '0' };
  await using gateway = nodeMain({ ...env, DATA_DIR: live.path, RECORD_DIR: recordings.path });
  const session = await chat.joined('alpha');
  session.say(...Array.from({ length: 50 }, (_, i) => privmsg('alpha', `id-${i}`)));
  await session.roundTrip();
  gateway.child.kill('SIGTERM');
  assert.equal((await gateway.ended()).code, 0);

  await run(again.path, 'scripts/jobs/replay.ts', '--fast', recordings.path);
  const tail = ['scripts/tail.ts', '--json', '--from', 'start', '--once'];
  const said = await run(live.path, ...tail);
  assert.equal(said.split('\n').length, 51);
  assert.equal(await run(again.path, ...tail), said);
});
