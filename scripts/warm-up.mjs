// The last step of `npm ci` and `npm install`: starts the gateway as `npm start` does and stops it again, once on each
// bus, so that the compiled code is there (node24.mjs) for the first real start. Without it that start needs 30 MB more
// and twice the time. Nothing is read or published, and nobody is asked; if it fails, the first start is slower, no more.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NOBODY = '127.0.0.1:1';
const PATIENCE_MS = 20_000;

async function warmUp(bus) {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));
  // Behind `exec node`: its flags, and the gateway.
  const args = scripts.start.split(' ').slice(2);
  const dataDir = await mkdtemp(join(tmpdir(), 'ingress-egress-'));
  try {
    await runForASecond(args, {
      PATH: process.env.PATH,
      RUN_FOR_S: '1',
      TWITCH_IRC_URL: `ws://${NOBODY}`,
      TWITCH_CHANNELS: 'nobody',
      MESSAGE_BUS_DRIVER: bus,
      NATS_URL: `nats://${NOBODY}`,
      DATA_DIR: dataDir,
      PORT: '0',
    });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** It ends by itself, even when nobody is left to end it. */
async function runForASecond(args, env) {
  const options = { env, stdio: 'ignore', timeout: PATIENCE_MS, killSignal: 'SIGKILL' };
  await once(spawn(process.execPath, args, options), 'exit');
}

await Promise.all(['nats', 'embedded'].map(warmUp)).catch(() => undefined);
