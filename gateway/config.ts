import { VARIABLES, type Variable } from './config-table.ts';
import { quote } from './config-parsers.ts';
import { nearMiss } from './near-miss.ts';
import { createScrubber } from './scrubber.ts';

export type Name = keyof typeof VARIABLES;
type ValueOf<V> = V extends Variable<infer T> ? T : never;
/** The values by the names they have in the environment. */
export type Config = { readonly [N in Name]: ValueOf<(typeof VARIABLES)[N]> };

export const NAMES = Object.keys(VARIABLES) as readonly Name[];

export type Environment = Readonly<Record<string, string | undefined>>;

/** `warnings`: variables that look like a typing mistake. `problems`: all of them, a sentence or two each. */
export type Reading<T> =
  | { readonly ok: true; readonly config: T; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads every variable; no value of a secret stands in what it says. */
export function readConfig(env: Environment): Reading<Config> {
  return readSettings(env, NAMES);
}

/** Reads some variables, just as strictly, for a command that needs no more; the others are not looked at. */
export function readSettings<N extends Name>(
  env: Environment,
  names: readonly N[],
): Reading<Pick<Config, N>> {
  const values: Partial<Record<Name, unknown>> = {};
  const problems: string[] = [];
  for (const name of names) {
    const parsed = variable(name).parse(textOf(name, env));
    if (parsed.ok) values[name] = parsed.value;
    else problems.push(problem(name, env, parsed));
  }
  problems.push(...contradictions(values as Partial<Config>, env));
  if (problems.length > 0) return { ok: false, problems: withoutSecrets(problems, env) };
  return { ok: true, config: values as Pick<Config, N>, warnings: typingMistakes(env, names) };
}

/** The values that must never be shown, for whoever writes lines. */
export function secretValues(config: Partial<Config>): string[] {
  return NAMES.filter(isSecret).map((name) => String(config[name] ?? ''));
}

/** The settings as they may be shown: of a secret only whether it is set. */
export function shownSettings(config: Partial<Config>): Record<string, unknown> {
  const shown = (name: Name) => (isSecret(name) ? (config[name] ? '[redacted]' : '') : config[name]);
  return Object.fromEntries(NAMES.filter((name) => name in config).map((name) => [name, shown(name)]));
}

function variable(name: Name): Variable<unknown> {
  return VARIABLES[name];
}

function isSecret(name: Name): boolean {
  return VARIABLES[name].secret;
}

/** A variable set to "" counts as not set. */
function textOf(name: Name, env: Environment): string {
  return env[name] || (VARIABLES[name].default ?? '');
}

/** A token pasted into the wrong variable as well would be shown there. */
function withoutSecrets(problems: readonly string[], env: Environment): string[] {
  const secrets = NAMES.filter(isSecret).map((name) => (env[name] ?? '').trim().replace(/^oauth:/i, ''));
  return problems.map(createScrubber(secrets).scrub);
}

function problem(
  name: Name,
  env: Environment,
  { allowed, cure }: { allowed: string; cure?: string },
): string {
  const fallback = VARIABLES[name].default;
  const advice = cure ?? (fallback && `Leave it unset for ${fallback}.`);
  return `${name} ${given(name, env[name])}: it must be ${allowed}.${advice ? ` ${advice}` : ''}`;
}

function given(name: Name, text: string | undefined): string {
  if (!text) return 'is not set';
  return isSecret(name) ? 'has a wrong value (not shown)' : `is ${quote(text)}`;
}

/** What is right by itself and wrong together; of a value that is missing or wrong nothing is said. */
function contradictions(config: Partial<Config>, env: Environment): string[] {
  return [
    ...maximumBelowBase(config, env, 'IRC_RECONNECT_MAX_MS', 'IRC_RECONNECT_INITIAL_MS'),
    ...maximumBelowBase(config, env, 'PUBLISH_MAX_DELAY_MS', 'PUBLISH_BASE_DELAY_MS'),
    ...tokenWithoutUsername(config),
  ];
}

type NumberName = { [N in Name]: Config[N] extends number ? N : never }[Name];

function maximumBelowBase(
  config: Partial<Config>,
  env: Environment,
  max: NumberName,
  base: NumberName,
): string[] {
  const [maximum, minimum] = [config[max] ?? Infinity, config[base] ?? -Infinity];
  if (maximum >= minimum) return [];
  const shown = (name: NumberName) => `${config[name]}${env[name] ? '' : ' by default'}`;
  return [`${max} is ${shown(max)}: it must not be below ${base}, which is ${shown(base)}.`];
}

function tokenWithoutUsername(config: Partial<Config>): string[] {
  if (!config.TWITCH_BOT_ACCESS_TOKEN || config.TWITCH_BOT_USERNAME !== '') return [];
  return [
    'TWITCH_BOT_USERNAME is not set: it must be the login that TWITCH_BOT_ACCESS_TOKEN belongs to. ' +
      'To read anonymously set neither.',
  ];
}

/** Set, not known, and one typing mistake away from a variable that starts as ours do. */
function typingMistakes(env: Environment, names: readonly Name[]): string[] {
  const prefixes = NAMES.filter((name) => name.includes('_')).map((name) => name.replace(/_.*/, '_'));
  return Object.keys(env)
    .filter(
      (name) =>
        env[name] && !Object.hasOwn(VARIABLES, name) && prefixes.some((prefix) => name.startsWith(prefix)),
    )
    .flatMap((name) => {
      const meant = nearMiss(name, names);
      return meant ? [`${quote(name)} is set but not known: did you mean ${meant}?`] : [];
    });
}
