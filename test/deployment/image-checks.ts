import assert from 'node:assert/strict';

/** The image's configuration, of which the OCI image specification names the members. */
export type ImageConfig = {
  readonly User?: string;
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly Volumes?: Readonly<Record<string, unknown>>;
  readonly Labels?: Readonly<Record<string, string>>;
};

/** What inside.mjs tells of the running image. */
export type Inside = {
  readonly uid: number;
  readonly pid: number;
  readonly node: string;
  /** Directory → `written`, or the code of the refusal. */
  readonly writes: Readonly<Record<string, string>>;
  /** The names in the working directory. */
  readonly files: readonly string[];
  readonly distBytes: number;
  readonly packageBytes: Readonly<Record<string, number>>;
};

/** Throws when the image would not start the gateway itself, without root, under the flags of `npm start`. */
export function checkConfig(config: ImageConfig, startScript: string): void {
  assert.equal(config.User, 'node', 'runs as another user');
  assert.equal(config.Entrypoint?.length ?? 0, 0, 'something stands between');
  assert.deepEqual(config.Cmd, ['node', ...startFlags(startScript), 'dist/gateway/main.js']);
  assert.ok(config.Env?.includes('NODE_ENV=production'), 'NODE_ENV is not production');
  assert.deepEqual(Object.keys(config.Volumes ?? {}), ['/data']);
  assert.equal(config.Labels?.['org.opencontainers.image.title'], 'ingress-egress');
}

/** The flags of `npm start` that are for Node itself; the start-up guard is for machines with an older Node. */
export function startFlags(startScript: string): string[] {
  const words = startScript.replace(' --import ./scripts/node24.mjs', '').split(' ');
  return words.filter((word) => word.startsWith('--'));
}

/** Throws when it is root in there, can write where it should not, or carries more than it needs. */
export function checkInside(inside: Inside, dependencies: readonly string[]): void {
  assert.notEqual(inside.uid, 0, 'runs as root');
  assert.equal(inside.pid, 1, 'is not process 1');
  assert.match(inside.node, /^v24\./);
  assert.deepEqual(inside.writes, { '/': 'EROFS', '.': 'EROFS', '/tmp': 'EROFS', '/data': 'written' });
  assert.deepEqual(inside.files, ['dist', 'node_modules', 'package-lock.json', 'package.json']);
  const packages = Object.keys(inside.packageBytes);
  for (const name of dependencies) assert.ok(packages.includes(name), `${name} is missing`);
  for (const name of ['typescript', 'node', 'prettier', 'tsx'])
    assert.ok(!packages.includes(name), `${name} is for development alone`);
}
