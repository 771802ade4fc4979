import { mutant, type Mutant } from './mutant.ts';

const QUEUE = 'gateway/publish/publish-queue.ts';
const SESSION = 'gateway/twitch/session.ts';
const SLOT = 'gateway/twitch/slot.ts';
const SUPERVISOR = 'gateway/twitch/supervisor.ts';
const COVERAGE = 'gateway/twitch/coverage.ts';
const WANTED = 'gateway/twitch/wanted-channel.ts';

/** Bugs that lose nothing: what is told is untrue, what could be done is not, or it is done too often. */
export const QUIET_MUTANTS: readonly Mutant[] = [
  mutant(31, 'a gap is told where a connection was reading', [
    'gateway/twitch/gap-log.ts',
    'const gap = { ...this.#open, to: Math.max(',
    'const gap = { ...this.#open, from: this.#open.from - 60_000, to: Math.max(',
  ]),
  mutant(32, 'no room is made for a JOIN that was refused for want of it', [
    'gateway/twitch/wishes.ts',
    'const holder = makeRoom && holderOf(links, name);',
    'const holder = makeRoom && undefined;',
  ]),
  mutant(33, 'a refused channel counts as joined', [
    WANTED,
    "if (this.#coverage.isEmpty) this.#enter('refused', name);",
    "if (this.#coverage.isEmpty) this.#enter('joined', null);",
  ]),
  mutant(34, 'a refused channel is asked for again at once', [
    WANTED,
    'this.joinAt = this.#clock.now() + retryInMs;',
    'this.joinAt = this.#clock.now();',
  ]),
  mutant(35, "a dead letter holds another one's message", [
    'gateway/publish/dead-letter.ts',
    "message.body, Buffer.from('}')",
    "(globalThis.aBody ??= message.body), Buffer.from('}')",
  ]),
  mutant(36, 'dead letters reach the bus after the next start only', [
    'gateway/publish/dead-letters.ts',
    'if (isKept) forwarder.wake();',
    '',
  ]),
  mutant(37, 'what another process stored counts as ours', [QUEUE, '!duplicate || entry.sends > 1', 'true']),
  mutant(38, 'given up one retry too early', [
    QUEUE,
    'entry.unknownErrors > this.#options.limits.maxRetries',
    'entry.unknownErrors >= this.#options.limits.maxRetries',
  ]),
  mutant(39, 'a stop does not wait for the bus', [QUEUE, 'if (this.queued === 0) return;', 'return;']),
  mutant(40, 'no pause after a failure', [
    'gateway/publish/send-window.ts',
    'return backoffMs(this.#failures++,',
    'return 0 * backoffMs(this.#failures++,',
  ]),
  mutant(41, 'a new token waits for the next connection', [
    SUPERVISOR,
    'for (const slot of this.#slots) slot.replace();',
    '',
  ]),
  mutant(42, 'a handover is ended before its time', [
    'gateway/twitch/overlap.ts',
    'const OVERLAP_MS = 60_000;',
    'const OVERLAP_MS = 30_000;',
  ]),
  mutant(43, 'a connection that was let go counts as a reader', [COVERAGE, 'isRetired ? [] : from', 'from']),
  mutant(44, 'a gap is told where a connection was reading that has been let go', [
    COVERAGE,
    '[...this.#known, ...going]',
    'this.#known',
  ]),
  mutant(45, 'a gap is told twice', [
    COVERAGE,
    'if (this.#unreadSince !== undefined) this.#remember(',
    'if (false) this.#remember(',
  ]),
  mutant(46, 'the spool takes over what it has no room for', [
    'gateway/publish/intake.ts',
    'if ((spool?.bytes ?? 0) + this.bytes + placed.queued.bytes > maxSpoolBytes) {',
    'if (Infinity < maxSpoolBytes) {',
  ]),
  mutant(47, 'a stop leaves in the spool what waits for its commit', [QUEUE, 'this.#intake.flush();', '']),
  mutant(48, 'the note of a peaceful end outlives what the next run sends', [
    'gateway/publish/spool-writer.ts',
    'if (position <= this.#notedUpTo || this.#failure !== null) return;',
    'return;',
  ]),
  mutant(49, 'a connection goes while its JOIN may still be answered', [
    'gateway/twitch/link.ts',
    "|| other.#state(channel) === 'asked'",
    '',
  ]),
  mutant(50, 'a busy channel that is refused for want of room takes every turn', [
    'gateway/twitch/join-pacer.ts',
    'granted % 2 === 0 ? [busiest, longest] : [longest, busiest]',
    '[busiest, longest]',
  ]),
  mutant(51, 'a look into the stream begins again where the last one began', [
    'gateway/publish/pending.ts',
    'entry.after = Math.max(entry.after, upTo);',
    '',
  ]),
  mutant(52, 'what is not in a part of the stream counts as missing', [
    'gateway/publish/sender.ts',
    'isEnd ? lookedAt : undefined',
    'lookedAt',
  ]),
  mutant(53, 'a connection goes though its successor has no room for what it reads', [
    SLOT,
    'link.refused(name, refusal !== FULL)',
    'link.refused(name, true)',
  ]),
  mutant(54, 'after a reset all counts as read', [SESSION, '!input.isWhole || seemsSilent', 'seemsSilent']),
  mutant(55, 'a connection is closed before the PONG that stands behind a burst', [
    SESSION,
    'Math.max(pingSentAt, heardAt) + pongTimeoutMs',
    'pingSentAt + pongTimeoutMs',
  ]),
  mutant(56, 'the answer to one JOIN is not believed after another one was refused', [
    'gateway/twitch/joins.ts',
    " && state !== 'refused') return undefined",
    ') return undefined',
  ]),
  mutant(58, 'memory counts as full at half', [
    'gateway/publish/intake.ts',
    'this.bytes + queued.bytes <= this.#memoryBytes',
    'this.bytes + queued.bytes <= this.#memoryBytes / 2',
  ]),
  mutant(57, 'a connection leaves when an earlier PING than its last is answered', [
    SESSION,
    'const pongs = unanswered + 1;',
    'const pongs = Math.max(1, unanswered);',
  ]),
];
