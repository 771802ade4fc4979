import type { ServedMetrics } from './served-metrics.ts';

/** Put on every sample by Prometheus itself. */
const TARGET_LABELS = ['instance', 'job'];

const FUNCTIONS = new Set([
  'absent',
  'changes',
  'histogram_quantile',
  'increase',
  'label_values',
  'max_over_time',
  'rate',
  'sum',
  'time',
]);

const SELECTOR = /([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g;
const MATCHER = /^\s*(\w+)(=~|!~|!=|=)"([^"]*)"\s*$/;
const GROUPING = /\b(?:by|on|without|ignoring)\s*\(([^)]*)\)/g;
/** Ranges, numbers and variables of Grafana have letters, and are no names. */
const NO_NAMES = /\{[^}]*\}|\[[^\]]*\]|\$\w+|\b[0-9][\w.]*\b/g;

/** What of an expression could never be found in `served`: one sentence for each fault. */
export function faultsOf(expression: string, served: ServedMetrics): string[] {
  const groupings = [...expression.matchAll(GROUPING)].flatMap(([, labels = '']) => names(labels));
  const bare = expression.replaceAll(GROUPING, '').replaceAll(NO_NAMES, '');
  const known = new Set(TARGET_LABELS);
  for (const labels of served.values()) for (const label of labels.keys()) known.add(label);
  return [
    ...[...bare.matchAll(/([a-zA-Z_:][\w:]*)(\s*\()?/g)].flatMap(([, name = '', call]) =>
      nameFault(name, call !== undefined, served),
    ),
    ...[...expression.matchAll(SELECTOR)].flatMap(([, metric = '', matchers = '']) =>
      matchers.split(',').flatMap((matcher) => matcherFault(metric, matcher, served)),
    ),
    ...groupings.filter((label) => !known.has(label)).map((label) => `no metric has the label ${label}`),
    ...(isBalanced(expression) ? [] : ['brackets that do not match']),
  ];
}

function names(list: string): string[] {
  return list.split(',').map((name) => name.trim());
}

function nameFault(name: string, isCalled: boolean, served: ServedMetrics): string[] {
  if (isCalled) return FUNCTIONS.has(name) ? [] : [`no function ${name}`];
  if (served.has(name) || ['and', 'or', 'unless', ...TARGET_LABELS].includes(name)) return [];
  return [`no metric ${name}`];
}

function matcherFault(metric: string, matcher: string, served: ServedMetrics): string[] {
  const [, label, operator, text] = MATCHER.exec(matcher) ?? [];
  if (label === undefined || text === undefined) return [`${metric}: no matcher: ${matcher}`];
  if (TARGET_LABELS.includes(label)) return [];
  const values = served.get(metric)?.get(label);
  if (!values) return [`${metric} has no label ${label}`];
  const wanted = operator === '=~' || operator === '!~' ? text.split('|') : [text];
  return wanted.filter((value) => !values.has(value)).map((value) => `${metric} has no ${label} "${value}"`);
}

function isBalanced(expression: string): boolean {
  let open = '';
  for (const char of expression) {
    if ('([{'.includes(char)) open += char;
    if (!')]}'.includes(char)) continue;
    if (open.at(-1) !== '([{'[')]}'.indexOf(char)]) return false;
    open = open.slice(0, -1);
  }
  return open === '';
}
