import { readSettings, type Config, type Environment, type Name } from '../../gateway/config.ts';
import { DELIVERY_SETTINGS } from '../../gateway/delivery.ts';
import { BadUse } from '../bad-use.ts';

const NAMES = [
  ...DELIVERY_SETTINGS,
  'BUS_PREFIX',
  'FINALIZATION_DESTINATION',
  'DATA_DIR',
  'SHARD_INDEX',
  'SHARD_COUNT',
  'SHUTDOWN_TIMEOUT_MS',
  'LOG_LEVEL',
  'LOG_FORMAT',
] as const satisfies readonly Name[];

export type ReplaySettings = Pick<Config, (typeof NAMES)[number]>;

/**
 * The settings that a replay needs; its log is quiet unless LOG_LEVEL says otherwise.
 *
 * @throws BadUse with every problem
 */
export function readReplaySettings(env: Environment, onWarning: (sentence: string) => void): ReplaySettings {
  const reading = readSettings({ ...env, LOG_LEVEL: env['LOG_LEVEL'] || 'warn' }, NAMES);
  if (!reading.ok) throw new BadUse(reading.problems.join('\n'));
  for (const warning of reading.warnings) onWarning(warning);
  return reading.config;
}
