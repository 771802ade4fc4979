/**
 * Runs the tests that need a real Firestore against Google's emulator of it. Where that cannot be started it says why
 * and exits with 77: nothing was shown then, neither good nor bad.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startFirestoreEmulator, type FirestoreEmulator } from '../fakes/firestore-emulator.ts';
import { errorText } from '../../shared/error-text.ts';

const NOT_REHEARSED = 77;

// The emulator is killed on exit, and a signal alone is none.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

async function run(emulator: FirestoreEmulator): Promise<number> {
  const tests = ['--test', '--test-timeout=60000', 'test/firestore/**/*.emulator.ts'];
  const env = {
    ...process.env,
    FIRESTORE_EMULATOR_HOST: emulator.host,
    // Nobody needs to look for Google's servers from here.
    METADATA_SERVER_DETECTION: 'none',
  };
  const child = spawn(process.execPath, tests, { stdio: 'inherit', env });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

async function start(): Promise<FirestoreEmulator | undefined> {
  try {
    return await startFirestoreEmulator();
  } catch (error) {
    console.log(`NOT REHEARSED: ${errorText(error)}`);
    return undefined;
  }
}

await using emulator = await start();
process.exitCode = emulator ? await run(emulator) : NOT_REHEARSED;
