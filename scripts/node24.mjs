// The start-up guard, preloaded before any TypeScript: an older Node could not even read the rest
// (ERR_UNKNOWN_FILE_EXTENSION), so this one file is plain JavaScript and uses nothing new.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const major = Number(process.versions.node.split('.')[0]);

if (major < 24) {
  process.stderr.write(
    `ingress-egress needs Node 24 or newer; this is ${process.version} (${process.execPath}).\n` +
      'Run it through npm ("npm ci", then "npm start"): the project brings its own Node 24. Or install Node 24.\n',
  );
  process.exit(2);
}

// Compiled code is kept for the next start, which then takes a third of the time and 30 MB less: without it, the
// compiler that strips the types has to be loaded. If the directory cannot be written, nothing is kept. The first start
// after an install finds what warm-up.mjs left.
module.enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/node-compile', import.meta.url)));
