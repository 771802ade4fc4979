import assert from 'node:assert/strict';
import type { Identity } from '../../../gateway/twitch/identity.ts';
import {
  nextDeadline,
  startSession,
  step,
  type Input,
  type Session,
} from '../../../gateway/twitch/session.ts';
import type { Output } from '../../../gateway/twitch/step.ts';
import { parseMessage } from '../../../shared/tmi-parser.ts';

/**
 * `[atMs, input, expected]`. An input is a line from the server, or: `open`, `leave`, `retire`, `JOIN a,b`, `PART a,b` (we are
 * told to), `closed`; `deadline` (which must be due at that moment), `overdue` (one that was due before), `too early` (one that
 * must not be believed).
 */
export type Row = readonly [atMs: number, input: string, ...expected: string[]];

export const anonymous: Identity = {
  nick: 'justinfan7',
  authentication: () => ['NICK justinfan7'],
  conceal: (words) => words,
};
const WELCOME = ':tmi.twitch.tv 001 justinfan7 :Welcome, GLHF!';
export const LOGIN: readonly Row[] = [
  [100, 'open', 'login', '> CAP REQ :twitch.tv/tags twitch.tv/commands', '> NICK justinfan7'],
  [150, WELCOME, 'registered'],
];

export function ours(command: string, channel: string): string {
  return `:justinfan7!justinfan7@justinfan7.tmi.twitch.tv ${command} #${channel}`;
}

/** Plays the rows and checks the outputs of each; returns the session they leave. */
export function play(rows: readonly Row[], identity = anonymous, idlePingMs = 5_000): Session {
  let session = startSession({ identity, idlePingMs, pongTimeoutMs: 3_000 }, 0);
  let heardAt = 0;
  for (const [atMs, text, ...expected] of rows) {
    const due = nextDeadline(session, heardAt);
    if (text === 'deadline') assert.equal(due, atMs);
    if (text === 'overdue') assert.ok(due < atMs, `at ${atMs}, not ${due}`);
    const input = inputOf(text, heardAt);
    if (input.kind === 'message') heardAt = atMs;
    const next = step(session, input, atMs);
    assert.deepEqual(next.outputs.map(show), expected, `${atMs} ${text}`);
    session = next.session;
  }
  return session;
}

function inputOf(text: string, heardAt: number): Input {
  if (text === 'open' || text === 'leave') return { kind: text };
  if (text === 'deadline' || text === 'overdue' || text === 'too early') return { kind: 'deadline', heardAt };
  if (text === 'closed' || text === 'reset')
    return { kind: 'end', ending: 'closed', detail: 'close code 1006', heardAt, isWhole: text === 'closed' };
  if (text.startsWith('JOIN ')) return { kind: 'join', channels: text.slice(5).split(',') };
  if (text.startsWith('PART ')) return { kind: 'part', channels: text.slice(5).split(',') };
  if (text === 'retire') return { kind: 'retire', ending: 'replaced', detail: 'enough', heardAt };
  const message = parseMessage(text);
  assert.ok(message, text);
  return { kind: 'message', message };
}

function show(output: Output): string {
  if (output.kind === 'send') return `> ${output.line}`;
  if (output.kind === 'joined' || output.kind === 'parted') return `${output.kind} ${output.channel}`;
  if (output.kind === 'refused') return `refused ${output.channel} ${output.refusal}`;
  if (output.kind === 'round_trip') return `round trip ${output.ms}`;
  if (output.kind === 'outgoing') return `outgoing ${output.why}`;
  if (output.kind !== 'ended') return output.kind;
  return `ended ${output.ending}: ${output.detail}${output.silent ? ' (silent)' : ''}`;
}
