import { resolve } from 'node:path';
import type { Clock, Random } from '../../gateway/clock.ts';
import { secretValues } from '../../gateway/config.ts';
import { createDelivery, type Delivery } from '../../gateway/delivery.ts';
import { Ledger } from '../../gateway/ledger.ts';
import { openLog, type LogOptions } from '../../gateway/logger.ts';
import { createScrubber } from '../../gateway/secrets/scrubber.ts';
import { DataDirError, openDataDir, type DataDir } from '../../gateway/store/data-dir.ts';
import { createTelemetry } from '../../gateway/telemetry.ts';
import { subjectsFor } from '../../shared/subjects.ts';
import { BadUse } from '../bad-use.ts';
import type { ReplaySettings } from './settings.ts';
import { UNMEASURED } from './unmeasured.ts';

export type ReplayDelivery = AsyncDisposable & { readonly delivery: Delivery; readonly ledger: Ledger };

export type Surroundings = {
  readonly clock: Clock;
  readonly random: Random;
  /** For the log. */
  readonly out: LogOptions['out'];
  readonly noColor: boolean;
};

/**
 * Queue and bus as in the gateway, without a spool: a reader can wait.
 *
 * @throws BadUse when the gateway has the embedded bus; DataDirError, StoreError
 */
export async function openDelivery(
  config: ReplaySettings,
  { clock, random, out, noColor }: Surroundings,
): Promise<ReplayDelivery> {
  await using undo = new AsyncDisposableStack();
  const dataDir = takeDataDir(config);
  undo.defer(() => dataDir.release());
  const scrubber = createScrubber(secretValues(config));
  const { LOG_LEVEL: level, LOG_FORMAT: format } = config;
  const { logger } = await openLog({ level, format, noColor, clock, scrubber, out });
  const ledger = new Ledger();
  const delivery = createDelivery({
    config: { ...config, SPOOL: 'none' },
    clock,
    random,
    dataDir: dataDir.path,
    subjects: subjectsFor(config.BUS_PREFIX),
    ledger,
    telemetry: createTelemetry({ logger, metrics: UNMEASURED, clock }),
    openBus: undefined,
    openLog: undefined,
  });
  undo.defer(() => delivery.stop(0));
  delivery.start();
  const everything = undo.move();
  return { delivery, ledger, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}

/** The embedded bus has one writer. On NATS only dead letters are kept here, which works beside a gateway, too. */
function takeDataDir({ MESSAGE_BUS_DRIVER: driver, DATA_DIR: directory }: ReplaySettings): DataDir {
  try {
    const dataDir = openDataDir(directory);
    if (driver === 'nats') dataDir.release();
    return dataDir;
  } catch (error) {
    if (!(error instanceof DataDirError) || error.kind !== 'locked') throw error;
    if (driver === 'nats') return { path: resolve(directory), release: () => undefined };
    throw new BadUse(
      `${error.message} The embedded bus has one writer: stop the gateway, then replay again.`,
    );
  }
}
