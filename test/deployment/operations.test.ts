import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { parse } from 'yaml';
import { systemClock } from '../../gateway/clock.ts';
import { DEGRADED_CODES } from '../../gateway/degradation.ts';
import { FakeBus } from '../fakes/fake-bus.ts';
import { runGateway } from '../integration/running-gateway.ts';
import { faultsOf } from './promql.ts';
import { servedMetrics, type ServedMetrics } from './served-metrics.ts';

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
};
type Panel = { readonly title: string; readonly targets?: readonly { readonly expr: string }[] };
type Dashboard = {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
};

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const runbook = read('docs/operations.md');
const headings = [...runbook.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = '']) => heading);
const { groups } = parse(read('ops/alerts.yaml')) as { groups: readonly { rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('ops/dashboard.json')) as Dashboard;

let served: ServedMetrics;

before(async () => {
  const env = { TWITCH_CHANNELS: 'somebody', TWITCH_IRC_URL: 'ws://127.0.0.1:9' };
  await using running = await runGateway(env, new FakeBus(systemClock, 1).open);
  const response = await fetch(`http://127.0.0.1:${running.gateway.port}/metrics`);
  served = servedMetrics(await response.text());
});

/** As GitHub makes the anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

test('every alert asks for metrics, labels and values that are served', () => {
  for (const { alert, expr } of rules) assert.deepEqual(faultsOf(expr, served), [], alert);
});

test('every panel of the dashboard asks for metrics, labels and values that are served', () => {
  const panels = dashboard.panels.filter(({ targets }) => targets);
  for (const { title, targets = [] } of panels) {
    assert.ok(targets.length > 0, title);
    for (const { expr } of targets) assert.deepEqual(faultsOf(expr, served), [], title);
  }
  for (const { definition } of dashboard.templating.list) {
    if (definition !== undefined) assert.deepEqual(faultsOf(definition, served), []);
  }
});

test('an expression with a mistake in it is told from a right one', () => {
  const mistakes = {
    'ingress_egress_chat_upp == 0': 'no metric ingress_egress_chat_upp',
    'rate(ingress_egress_channels{stat="joined"}[5m])': 'ingress_egress_channels has no label stat',
    'ingress_egress_channels{state="joint"} > 0': 'ingress_egress_channels has no state "joint"',
    'sum by (kinds) (ingress_egress_publish_retries_total)': 'no metric has the label kinds',
    'rates(ingress_egress_reordered_total[5m])': 'no function rates',
    'sum(rate(ingress_egress_reordered_total[5m])': 'brackets that do not match',
  };
  for (const [expression, fault] of Object.entries(mistakes)) {
    assert.deepEqual(faultsOf(expression, served), [fault], expression);
  }
});

test('every alert says how bad it is, and leads to its own section of the runbook', () => {
  const anchors = new Map(headings.map((heading) => [`docs/operations.md#${anchorOf(heading)}`, heading]));
  assert.ok(rules.length > 0);
  for (const { alert, labels, annotations } of rules) {
    assert.match(labels.severity, /^(?:page|ticket)$/, alert);
    assert.match(annotations.summary, /\w/, alert);
    const section = anchors.get(annotations.runbook);
    assert.ok(section?.includes(alert), `${alert}: ${annotations.runbook} is no section of its own`);
  }
});

test('every alert waits for a duration, or needs none because it looks back itself', () => {
  for (const { alert, for: duration, expr } of rules) {
    assert.ok(duration === undefined ? expr.includes('[') : /^[0-9]+m$/.test(duration), alert);
  }
});

test('the runbook has a section for every degraded code', () => {
  for (const code of DEGRADED_CODES) {
    assert.ok(
      headings.some((heading) => heading.includes(`\`${code}\``)),
      code,
    );
  }
});

test('every link within the runbook leads somewhere', () => {
  const links = [...runbook.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
  assert.ok(links.length > 0);
  const anchors = new Set(headings.map(anchorOf));
  for (const link of links) assert.ok(anchors.has(link), link);
});

test('the runbook lists every metric that is served, with its labels, and no other', () => {
  const ours = [...served]
    .filter(([name]) => name.startsWith('ingress_egress_'))
    .map(([name, labels]) => nameWithLabels(name, [...labels.keys()]));
  const rows = [...runbook.matchAll(/^\| (`[a-z_`{}, ]+) +\|/gm)].map(([, cell = '']) => cell);
  const listed = rows.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
  assert.deepEqual(new Set(listed), new Set(ours));
  assert.equal(new Set(listed).size, listed.length, 'each once');
});

/** `name{label}` as the table has it; the parts of a histogram are one. */
function nameWithLabels(name: string, labels: readonly string[]): string {
  const short = name.replace(/^ingress_egress_/, '').replace(/_(?:bucket|sum|count)$/, '');
  const shown = labels.filter((label) => label !== 'le');
  return shown.length === 0 ? short : `${short}{${shown.join(',')}}`;
}
