import { IN_DATA_DIR, VARIABLES, type Variable } from './config-table.ts';
import { channels, quote } from './config-parsers.ts';
import { nearMiss } from './near-miss.ts';
import { createScrubber } from './secrets/scrubber.ts';

export type Name = keyof typeof VARIABLES;
type ValueOf<V> = V extends Variable<infer T> ? T : never;
/** The values, by their names in the environment. */
export type Config = { readonly [N in Name]: ValueOf<(typeof VARIABLES)[N]> };

export const NAMES = Object.keys(VARIABLES) as readonly Name[];

/** Variables that name a stand-in for a service, for tests. The clients of these services read them with each request. */
export const STAND_INS = {
  TWURPLE_MOCK_API_PORT: "Twitch's token service",
  FIRESTORE_EMULATOR_HOST: 'Firestore',
  SECRET_MANAGER_EMULATOR_HOST: 'Secret Manager',
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** `warnings`: a sentence each, e.g. for what looks like a typing mistake. `problems`: all of them, a sentence or two each. */
export type Reading<T> =
  | { readonly ok: true; readonly config: T; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads every variable; nothing it says contains the value of a secret. */
export function readConfig(env: Environment): Reading<Config> {
  const reading = readSettings(env, NAMES);
  return reading.ok ? { ...reading, warnings: [...reading.warnings, ...standInsNamed(env)] } : reading;
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
    if (parsed.ok) values[name] = placed(parsed.value, env);
    else problems.push(problem(name, env, parsed));
  }
  problems.push(...contradictions(values as Partial<Config>, env));
  if (problems.length > 0) return { ok: false, problems: withoutSecrets(problems, env) };
  return { ok: true, config: values as Pick<Config, N>, warnings: typingMistakes(env, names) };
}

/** The values that must never be shown, for whatever writes lines. */
export function secretValues(config: Partial<Config>): string[] {
  return NAMES.flatMap((name) => secretsIn(name, String(config[name] ?? '')));
}

/** The settings as they may be shown: of one that holds a secret, only that it is set. */
export function shownSettings(config: Partial<Config>): Record<string, unknown> {
  const shown = (name: Name) =>
    secretsIn(name, String(config[name])).length > 0 ? '[redacted]' : config[name];
  return Object.fromEntries(NAMES.filter((name) => name in config).map((name) => [name, shown(name)]));
}

function variable(name: Name): Variable<unknown> {
  return VARIABLES[name];
}

function secretsIn(name: Name, text: string): readonly string[] {
  return VARIABLES[name].secretsIn(text);
}

/** A variable set to "" counts as not set. */
function textOf(name: Name, env: Environment): string {
  return env[sourceOf(name, env)] || (VARIABLES[name].default ?? '');
}

/** The value, under DATA_DIR where it says so. */
function placed(value: unknown, env: Environment): unknown {
  if (typeof value !== 'string' || !value.startsWith(IN_DATA_DIR)) return value;
  return value.replace(IN_DATA_DIR, () => textOf('DATA_DIR', env));
}

/** Which variable of the environment sets this one. */
function sourceOf(name: Name, env: Environment): string {
  const { otherwise } = variable(name);
  return !env[name] && otherwise && env[otherwise] ? otherwise : name;
}

/** A token that was also pasted into the wrong variable would be shown there. */
function withoutSecrets(problems: readonly string[], env: Environment): string[] {
  const texts = NAMES.flatMap((name) => secretsIn(name, env[name] ?? ''));
  const secrets = texts.map((secret) => secret.trim().replace(/^oauth:/i, ''));
  return problems.map(createScrubber(secrets).scrub);
}

function problem(
  name: Name,
  env: Environment,
  { allowed, cure }: { allowed: string; cure?: string },
): string {
  const fallback = VARIABLES[name].default;
  const advice = cure ?? (fallback && `Leave it unset for ${fallback}.`);
  const source = sourceOf(name, env);
  return `${source} ${given(name, env[source])}: it must be ${allowed}.${advice ? ` ${advice}` : ''}`;
}

function given(name: Name, text: string | undefined): string {
  if (!text) return 'is not set';
  return secretsIn(name, text).length > 0 ? 'has a wrong value (not shown)' : `is ${quote(text)}`;
}

/** What is right by itself but wrong together; nothing is said about a value that is missing or wrong. */
function contradictions(config: Partial<Config>, env: Environment): string[] {
  return [
    ...maximumBelowBase(config, env, 'IRC_RECONNECT_MAX_MS', 'IRC_RECONNECT_INITIAL_MS'),
    ...maximumBelowBase(config, env, 'PUBLISH_MAX_DELAY_MS', 'PUBLISH_BASE_DELAY_MS'),
    ...notOneSourceOfChannels(config, env),
    ...shardBeyondCount(config, env),
    ...noJoinsForAShard(config, env),
    ...tokenWithoutUsername(config),
    ...alwaysWithEmbedded(config),
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
  const shown = (name: NumberName) => numberShown(name, config, env);
  return [`${max} is ${shown(max)}: it must not be below ${base}, which is ${shown(base)}.`];
}

/** A value, and where it comes from when it was not given under its own name. */
function numberShown(name: NumberName, config: Partial<Config>, env: Environment): string {
  const source = sourceOf(name, env);
  if (source !== name) return `${config[name]} (${source})`;
  return `${config[name]}${env[name] ? '' : ' by default'}`;
}

function notOneSourceOfChannels(config: Partial<Config>, env: Environment): string[] {
  const { TWITCH_CHANNELS: list, TWITCH_CHANNELS_FILE: file } = config;
  if (!list || file === undefined) return [];
  const [hasList, hasFile] = [list.length > 0, file !== ''];
  if (hasList !== hasFile) return [];
  if (hasFile) {
    return [
      `TWITCH_CHANNELS_FILE is ${quote(file)}: it must not be set beside TWITCH_CHANNELS. Unset one of them.`,
    ];
  }
  const cure = 'Name at least one channel, or a file of channels in TWITCH_CHANNELS_FILE.';
  const parsed = channels('');
  return parsed.ok ? [] : [problem('TWITCH_CHANNELS', env, { ...parsed, cure })];
}

function shardBeyondCount(config: Partial<Config>, env: Environment): string[] {
  if ((config.SHARD_INDEX ?? -Infinity) < (config.SHARD_COUNT ?? Infinity)) return [];
  const shown = (name: NumberName) => numberShown(name, config, env);
  return [
    `SHARD_INDEX is ${shown('SHARD_INDEX')}: it must be below SHARD_COUNT, which is ${shown('SHARD_COUNT')}.`,
  ];
}

function noJoinsForAShard(config: Partial<Config>, env: Environment): string[] {
  const [sentence] = maximumBelowBase(config, env, 'IRC_JOIN_LIMIT', 'SHARD_COUNT');
  if (!sentence) return [];
  const limit = 20 * (config.SHARD_COUNT ?? 1);
  return [`${sentence} The shards of one account share it; with an account per shard set it to ${limit}.`];
}

function tokenWithoutUsername(config: Partial<Config>): string[] {
  if (!config.TWITCH_BOT_ACCESS_TOKEN || config.TWITCH_BOT_USERNAME !== '') return [];
  return [
    'TWITCH_BOT_USERNAME is not set: it must be the login that TWITCH_BOT_ACCESS_TOKEN belongs to. ' +
      'To read anonymously set neither.',
  ];
}

function alwaysWithEmbedded(config: Partial<Config>): string[] {
  if (config.SPOOL !== 'always' || config.MESSAGE_BUS_DRIVER !== 'embedded') return [];
  return [
    'SPOOL is "always": it must be "off" or "overflow" with MESSAGE_BUS_DRIVER=embedded, which writes every ' +
      'message to the disk itself.',
  ];
}

/** If one is left set by mistake, secrets go to a stand-in. */
function standInsNamed(env: Environment): string[] {
  return Object.entries(STAND_INS).flatMap(([name, service]) =>
    env[name] ? [`${name} is set: a stand-in for ${service} is asked, over plain HTTP.`] : [],
  );
}

/** Set, not known, and one typing mistake away from one of ours. */
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
