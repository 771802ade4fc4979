/**
 * Builds the image of Dockerfile.ingress-egress with the engine at hand, looks into it, and lets it live once as a
 * platform would run it: without root, on a read-only root, stopped by SIGTERM.
 *
 *     node test/deployment/image-rehearsal.ts
 *
 * Exit code 0: rehearsed. 1: something is not as it should be. 2: it takes no arguments. 77: no engine here; the last line
 * says why.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { jobsOf } from '../../scripts/deploy/containers.ts';
import { GatewayProcess, temporaryDirectory } from '../integration/gateway-process.ts';
import { call, interrupt, withEngine, type Engine } from './engine.ts';
import { checkConfig, checkInside, type ImageConfig, type Inside } from './image-checks.ts';
import { liveOnce, type Life } from './image-life.ts';

const NOT_REHEARSED = 77;
const DOCKERFILE = 'Dockerfile.ingress-egress';
const START_WITHIN_MS = 1000;
/** The quickest of so many starts counts: what else the machine is doing is no property of the image. */
const STARTS = 3;

/** What the jobs of a deployment start. */
const JOBS = jobsOf({ tasks: 1, runForS: 1, tokenInFirestore: true }).flatMap(({ args }) => args?.[0] ?? []);

const tag = `ingress-egress-rehearsal-${process.pid}`;

async function rehearse(engine: Engine): Promise<void> {
  say(`engine: ${engine.name}`);
  await call(engine, 'build', tag, DOCKERFILE);
  checkConfig(JSON.parse(await call(engine, 'config', tag)) as ImageConfig, packageJson.scripts.start);
  const inside = await look(engine);
  checkInside(inside, Object.keys(packageJson.dependencies));
  say(`image: ${megabytes(Number(await call(engine, 'size', tag)))}, of which ${contents(inside)}`);
  say(`inside: user ${inside.uid}, process ${inside.pid}, Node ${inside.node}, writes to /data alone`);
  for (const script of JOBS) await call(engine, 'run', tag, '--', 'node', script, '--help');
  say(`jobs: ${JOBS.join(', ')}`);
  const { startMs, stopMs } = await quickestLife(engine);
  say(
    `/health/live answered ${startMs} ms after the start; stored a line; stopped by SIGTERM in ${stopMs} ms`,
  );
  if (startMs >= START_WITHIN_MS) throw new Error(`${startMs} ms to start is too long`);
}

async function look(engine: Engine): Promise<Inside> {
  const script = readFileSync(join(import.meta.dirname, 'inside.mjs'), 'utf8');
  const told = await call(engine, 'run', tag, '--', 'node', '--input-type=module', '--eval', script);
  return JSON.parse(told) as Inside;
}

async function quickestLife(engine: Engine): Promise<Life> {
  let life: Life | undefined;
  for (let start = 0; start < STARTS && (life === undefined || life.startMs >= START_WITHIN_MS); start++)
    life = await liveOnce(
      (settings) => new GatewayProcess(engine.script, ['run', tag, ...assignments(settings)], engine.env),
      async () => void (await call(engine, 'terminate', tag)),
    );
  if (life === undefined) throw new Error('never started');
  return life;
}

function assignments(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).map(([name, value]) => `${name}=${value}`);
}

function contents({ distBytes, packageBytes }: Inside): string {
  const packages = Object.entries(packageBytes).sort(([, a], [, b]) => b - a);
  const all = packages.reduce((sum, [, bytes]) => sum + bytes, 0);
  const largest = packages.slice(0, 5).map(([name, bytes]) => `${name} ${megabytes(bytes)}`);
  return `dist ${megabytes(distBytes)}, ${packages.length} packages ${megabytes(all)} (${largest.join(', ')}, …)`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A failed build says on stdout what failed in it. */
function complain(error: unknown): void {
  const { message, stdout = '' } = error as Error & { readonly stdout?: string };
  process.stderr.write(`${stdout.slice(-2000)}${message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  await using work = await temporaryDirectory();
  // What was made and mounted has still to be taken away.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  const outcome = await withEngine(work.path, tag, rehearse);
  if (outcome === undefined) return;
  say(`NOT REHEARSED: ${outcome.reasons.join('; ')}`);
  process.exitCode = NOT_REHEARSED;
}

if (process.argv.length > 2) {
  process.stderr.write('Usage: npm run rehearse:image\n');
  process.exitCode = 2;
} else {
  await main().catch(complain);
}
