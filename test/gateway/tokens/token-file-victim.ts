/** Saves a token into the file that it is told, and is killed at the moment at which that would be renamed. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { systemClock } from '../../../gateway/clock.ts';
import { openTokenFile } from '../../../gateway/tokens/token-file.ts';

fs.renameSync = () => process.kill(process.pid, 'SIGKILL');
syncBuiltinESMExports();

const store = openTokenFile(process.argv[2] ?? '', systemClock);
const found = await store.load();
if (found) await store.save({ ...found.token, accessToken: 'of-the-victim' }, found.version);
