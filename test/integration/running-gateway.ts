import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenBus } from '../../gateway/bus/bus.ts';
import { systemClock } from '../../gateway/clock.ts';
import { readConfig, type Environment } from '../../gateway/config.ts';
import { startGateway, type Gateway } from '../../gateway/gateway.ts';
import { plainSecrets } from '../../gateway/secrets/secret-settings.ts';
import type { Logger } from '../../gateway/logger.ts';
import type { OpenSocket } from '../../gateway/twitch/socket.ts';

export type LoggedLine = {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

export type TestGateway = AsyncDisposable & {
  readonly gateway: Gateway;
  readonly logged: readonly LoggedLine[];
  readonly dataDir: string;
  /** The parsed body and the status of a page. */
  get(path: string): Promise<{ status: number; body: unknown }>;
  /** Looks until `look` finds something; rejects after 20 s, naming `what`. */
  until<T>(what: string, look: () => T | undefined | false): Promise<T>;
};

/** A gateway in this process, with a DATA_DIR of its own and its log in memory; everything is gone at disposal. */
export async function runGateway(
  env: Environment,
  openBus: OpenBus | undefined,
  openSocket?: OpenSocket,
): Promise<TestGateway> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ingress-egress-test-'));
  const reading = readConfig({ PORT: '0', DATA_DIR: dataDir, ...env });
  if (!reading.ok) throw new Error(reading.problems.join('\n'));
  const logged: LoggedLine[] = [];
  const gateway = await startGateway({
    config: reading.config,
    warnings: reading.warnings,
    version: '0.0.0',
    instance: 'test',
    logger: memoryLogger(logged),
    clock: systemClock,
    random: Math.random,
    openBus,
    openSocket,
    secrets: plainSecrets,
  });
  return {
    gateway,
    logged,
    dataDir,
    until,
    async get(path) {
      const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`);
      return { status: response.status, body: await response.json() };
    },
    async [Symbol.asyncDispose]() {
      await gateway.stop('the test is over');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function memoryLogger(lines: LoggedLine[]): Logger {
  const level = (name: string) => (fields: Readonly<Record<string, unknown>>, message: string) =>
    void lines.push({ level: name, message, fields });
  const levels = { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };
  return { ...levels, always: levels };
}

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`waited 20 s in vain for ${what}`);
}
