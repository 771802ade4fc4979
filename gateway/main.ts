import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import packageJson from '../package.json' with { type: 'json' };
import { ChannelsFileError } from './channels-file.ts';
import { systemClock } from './clock.ts';
import { helpText } from './config-text.ts';
import { readConfig, secretValues, type Config } from './config.ts';
import type { Gateway, GatewayOptions } from './gateway.ts';
import { PortError } from './http/server.ts';
import { openLog, type Log } from './logger.ts';
import { createScrubber, type Scrubber } from './secrets/scrubber.ts';
import { secretsOf, SecretSettingsError, withSecrets } from './secrets/secret-settings.ts';
import { StoreError } from './store/database.ts';
import { DataDirError } from './store/data-dir.ts';

const EXIT_FAILED = 1;
const EXIT_BAD_USE = 2;

/** For the last lines of the log: whoever has not read them by then never will. */
const FLUSH_MS = 500;

/** npm passes a Ctrl-C on, so it arrives twice within a millisecond: the second is not impatience. */
const SAME_SIGNAL_MS = 1000;

/** The process shell: signals, arguments, exit codes and the settings; no other part of the gateway touches the process. */
async function main(args: readonly string[]): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(helpText());
    return;
  }
  if (args.includes('--version')) {
    process.stdout.write(`${packageJson.version}\n`);
    return;
  }
  if (args.length > 0)
    return refuse([`Unknown argument ${args[0]}. npm start -- --help prints the settings.`]);
  const reading = readConfig(process.env);
  if (!reading.ok) return refuse([...reading.problems, 'npm start -- --help prints every setting.']);
  await run(reading.config, reading.warnings);
}

function refuse(problems: readonly string[]): void {
  process.stderr.write(
    `ingress-egress cannot start:\n${problems.map((problem) => `  - ${problem}\n`).join('')}`,
  );
  process.exitCode = EXIT_BAD_USE;
}

async function run(config: Config, warnings: readonly string[]): Promise<void> {
  const scrubber = createScrubber(secretValues(config));
  const log = await openLog({
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT,
    noColor: Boolean(process.env['NO_COLOR']),
    clock: systemClock,
    scrubber,
    out: process.stdout,
  });
  const starting = loadAndStart(config, scrubber, {
    warnings,
    version: packageJson.version,
    instance: `${hostname()}-${randomUUID().slice(0, 8)}`,
    logger: log.logger,
    clock: systemClock,
    random: Math.random,
    openBus: undefined,
    openSocket: undefined,
  });
  stopWhenAsked(starting, log, config.RUN_FOR_S);
  try {
    await starting;
  } catch (error) {
    if (isCurable(error)) refuse(error.message.split('\n'));
    else log.logger.error({ err: error }, 'unexpected error');
    await log.flush(FLUSH_MS);
    process.exit(isCurable(error) ? EXIT_BAD_USE : EXIT_FAILED);
  }
}

/** Loaded late, after the signal handlers are in place: a signal that comes while we load is heeded, too. */
async function loadAndStart(
  settings: Config,
  scrubber: Scrubber,
  options: Omit<GatewayOptions, 'config' | 'secrets'>,
): Promise<Gateway> {
  const { startGateway } = await import('./gateway.ts');
  const secrets = secretsOf(settings, scrubber);
  return startGateway({ ...options, config: await withSecrets(settings, secrets), secrets });
}

/** What the operator can fix before a start: its message says how. */
function isCurable(error: unknown): error is Error {
  return (
    error instanceof ChannelsFileError ||
    error instanceof DataDirError ||
    error instanceof SecretSettingsError ||
    error instanceof StoreError ||
    error instanceof PortError
  );
}

/** A signal that comes during the start is heeded as soon as there is something to stop. */
function stopWhenAsked(starting: Promise<Gateway>, log: Log, runForS: number): void {
  let askedAt: number | undefined;
  const stop = async (why: string, bestCode: number): Promise<void> => {
    let code = EXIT_FAILED;
    try {
      const { dropped } = await (await starting).stop(why);
      if (dropped === 0) code = bestCode;
    } catch (err) {
      log.logger.error({ err }, 'could not stop cleanly');
    }
    await log.flush(FLUSH_MS);
    process.exit(code);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = systemClock.now();
    if (askedAt !== undefined && now - askedAt > SAME_SIGNAL_MS) process.exit(EXIT_FAILED);
    if (askedAt !== undefined) return;
    askedAt = now;
    void stop(signal, 0);
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // Nobody knows what state an unforeseen error left behind: save what is queued, and let the platform restart us.
  process.on('uncaughtException', (err) => {
    log.logger.error({ err }, 'unexpected error');
    void stop('unexpected error', EXIT_FAILED);
  });
  if (runForS > 0) systemClock.after(runForS * 1000, () => void stop('RUN_FOR_S is over', 0));
}

await main(process.argv.slice(2));
