// Runs inside the image, handed over as text: tells as JSON who it is there, where it may write, and what takes the room.
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of all files below. */
function size(path) {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.reduce((sum, file) => sum + statSync(join(file.parentPath, file.name)).size, 0);
}

/** Packages with their scope; a directory of a scope is no package. */
function packages(path) {
  return readdirSync(path)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(path, name)).map((inner) => `${name}/${inner}`) : [name],
    );
}

/** 'written', or the code of the refusal. */
function write(directory) {
  try {
    writeFileSync(join(directory, 'written-by-the-rehearsal'), '');
    return 'written';
  } catch (error) {
    return error.code;
  }
}

const modules = packages('node_modules');
process.stdout.write(
  JSON.stringify({
    uid: process.getuid(),
    pid: process.pid,
    node: process.version,
    writes: Object.fromEntries(['/', '.', '/tmp', process.env.DATA_DIR].map((path) => [path, write(path)])),
    files: readdirSync('.').sort(),
    distBytes: size('dist'),
    packageBytes: Object.fromEntries(modules.map((name) => [name, size(join('node_modules', name))])),
  }),
);
