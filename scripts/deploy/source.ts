import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { NAMES, type Environment } from '../../gateway/config.ts';
import { BadUse } from '../bad-use.ts';
import { errorText } from '../../shared/error-text.ts';

const EXAMPLE = 'ops/cloud.env.example';
const ROOT = new URL('../../', import.meta.url);

/** Set in many environments for other reasons: no sign that somebody meant to deploy. */
const EVERYBODYS = new Set(['PORT', 'LOG_LEVEL', 'LOG_FORMAT', 'GOOGLE_CLOUD_PROJECT']);

/** Settings, and where they come from: `example` if none were given. */
export type Source = { readonly env: Environment; readonly from: 'environment' | 'file' | 'example' };

/**
 * The settings of a file, else of the environment; for a dry run without any, those of the example.
 *
 * @throws BadUse when the file cannot be read
 */
export function readSource(file: string | undefined, dryRun: boolean, environment: Environment): Source {
  if (file !== undefined) return { env: readEnvFile(file), from: 'file' };
  const isGiven = NAMES.some((name) => environment[name] && !EVERYBODYS.has(name));
  if (isGiven || !dryRun) return { env: environment, from: 'environment' };
  return { env: readEnvFile(new URL(EXAMPLE, ROOT)), from: 'example' };
}

function readEnvFile(path: string | URL): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new BadUse(`--env-file: ${errorText(error)}`);
  }
}
