import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { GatewayProcess, nodeMain, temporaryDirectory } from '../integration/gateway-process.ts';
import { liveOnce } from './image-life.ts';

type Settings = Readonly<Record<string, string>>;

const terminate = async (gateway: GatewayProcess): Promise<void> => void gateway.child.kill('SIGTERM');
const kill = async (gateway: GatewayProcess): Promise<void> => gateway.signalGroup('SIGKILL');
const misconfigured = (): GatewayProcess => nodeMain({ TWITCH_CHANNELS: 'not a channel!' });

const startIn =
  (dataDir: string) =>
  (settings: Settings): GatewayProcess =>
    nodeMain({ ...settings, DATA_DIR: dataDir, LOG_FORMAT: 'json' });

test('a gateway that answers, stores a line and stops when told to has lived as it should', async () => {
  await using directory = await temporaryDirectory();
  const life = await liveOnce(startIn(directory.path), terminate);
  assert.ok(life.startMs > 0 && life.stopMs > 0);
});

test('one that ends before it answers is told of with what it said', async () => {
  await assert.rejects(liveOnce(misconfigured, terminate), /TWITCH_CHANNELS is/);
});

test('one that is killed rather than stopped has not stopped in order', async () => {
  await using directory = await temporaryDirectory();
  await assert.rejects(liveOnce(startIn(directory.path), kill), /SIGKILL/);
});

test('one that takes too long to stop is not let pass', async () => {
  await using directory = await temporaryDirectory();
  await assert.rejects(liveOnce(startIn(directory.path), terminate, 0), /ms to stop/);
});

test('one that answers anything but 200 is not alive', async () => {
  await using directory = await temporaryDirectory();
  const ill = join(directory.path, 'ill.ts');
  await writeFile(
    ill,
    `import { createServer } from 'node:http';
    const server = createServer((_, response) => response.writeHead(503).end()).listen(0, () =>
      console.log(JSON.stringify({ message: 'listening', port: server.address().port })));`,
  );
  const start = () => new GatewayProcess(process.execPath, [ill], {});
  await assert.rejects(liveOnce(start, terminate), /answered 503/);
});
