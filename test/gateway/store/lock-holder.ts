import { openDataDir } from '../../../gateway/store/data-dir.ts';

/** Takes DATA_DIR (its argument), says so, and keeps it until it is killed. */
const held = openDataDir(process.argv[2] ?? '');
process.stdout.write('locked\n');
process.stdin.resume().once('end', () => held.release());
