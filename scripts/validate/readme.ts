/**
 * Checks README.md against the project: exit code 1, and a line for everything that is not as it says.
 *
 *     node scripts/validate/readme.ts
 */
import { existsSync, readFileSync } from 'node:fs';

/** npm's own words for scripts of the same name. */
const SHORT_FORMS = new Set(['start', 'test']);

/**
 * What is wrong with a README: commands that do not exist, scripts that it does not mention, links to files that are not there.
 *
 * @param exists whether there is a file of that path, from the README's directory
 */
export function complaints(
  readme: string,
  scripts: readonly string[],
  exists: (path: string) => boolean,
): string[] {
  const named = commandsIn(readme);
  const unknown = [...named].filter((name) => !scripts.includes(name));
  const unmentioned = scripts.filter((name) => !named.has(name));
  const broken = linksIn(readme).filter((path) => !exists(path));
  return [
    ...unknown.map((name) => `README.md names "npm run ${name}", and there is no such script`),
    ...unmentioned.map((name) => `README.md does not mention "npm run ${name}"`),
    ...broken.map((path) => `README.md links to ${path}, and there is no such file`),
  ];
}

/** The names of the npm scripts that a text says to run. */
function commandsIn(text: string): Set<string> {
  const names = [...text.matchAll(/\bnpm (?:run (?:-s )?)?([\w:-]+)/g)].flatMap(([command, name = '']) =>
    command.startsWith('npm run') || SHORT_FORMS.has(name) ? [name] : [],
  );
  return new Set(names);
}

/** The targets of links into the project, without their fragments. */
function linksIn(text: string): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^(?:[a-z]+:|#)/.test(target))
    .map((target) => target.replace(/#.*/, ''));
}

if (import.meta.main) {
  const root = new URL('../../', import.meta.url);
  const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');
  const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
  const found = complaints(text('README.md'), Object.keys(scripts), (path) =>
    existsSync(new URL(path, root)),
  );
  for (const complaint of found) process.stderr.write(`${complaint}\n`);
  process.exitCode = found.length > 0 ? 1 : 0;
}
