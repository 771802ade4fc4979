// The start-up guard, preloaded before any TypeScript: an older Node could not even read the rest
// (ERR_UNKNOWN_FILE_EXTENSION), so this one file is plain JavaScript and uses nothing new.
const major = Number(process.versions.node.split('.')[0]);

if (major < 24) {
  process.stderr.write(
    `ingress-egress needs Node 24 or newer; this is ${process.version} (${process.execPath}).\n` +
      'Run it through npm ("npm ci", then "npm start"): the project brings its own Node 24. Or install Node 24.\n',
  );
  process.exit(2);
}
