import { mutant, type Mutant } from './mutant.ts';
import { QUIET_MUTANTS } from './quiet-mutants.ts';

const INTAKE = 'gateway/publish/intake.ts';
const PENDING = 'gateway/publish/pending.ts';
const QUEUE = 'gateway/publish/publish-queue.ts';
const SENDER = 'gateway/publish/sender.ts';
const SESSION = 'gateway/twitch/session.ts';
const SLOT = 'gateway/twitch/slot.ts';
const SPLITTER = 'shared/line-splitter.ts';

/** The simulator has to find every one. */
export const MUTANTS: readonly Mutant[] = [
  mutant(1, 'no message id on publish', [
    'gateway/bus/nats-message.ts',
    '? message.wireHeaders :',
    "? Buffer.from(String(message.wireHeaders).replace('Nats-Msg-Id', 'Not-Msg-Id')) :",
  ]),
  mutant(2, 'settled before it is acked', [
    SENDER,
    'publish(token, entry.placed.queued.message);',
    'publish(token, entry.placed.queued.message); this.#accounts.stored(entry, token + 1, true);',
  ]),
  mutant(3, 'a timeout is taken for success', [
    SENDER,
    'onMissed: (entry) => this.failed(',
    'onMissed: (entry) => accounts.stored(entry, 1, true) ?? this.failed(',
  ]),
  mutant(4, 'rewound to one after the oldest', [
    PENDING,
    'this.#inFlight--;\n    }\n    this.#cursor = this.#entries.first;',
    'this.#inFlight--;\n    }\n    this.#cursor = this.#entries.first + 1;',
  ]),
  mutant(5, 'the rewind forgets all but the oldest', [
    PENDING,
    "entry.state = 'waiting';\n      this.#inFlight--;",
    "entry.state = 'waiting';\n      this.#inFlight = 0;",
  ]),
  mutant(6, 'an ack is matched to the oldest in flight', [
    QUEUE,
    'const entry = this.#pending.get(token);',
    'const entry = this.#pending.oldestInFlight ?? this.#pending.get(token);',
  ]),
  mutant(7, 'a late ack is ignored', [
    QUEUE,
    "if (!entry || entry.sends === 0 || entry.state === 'settled'",
    "if (!entry || entry.state === 'waiting' || entry.sends === 0 || entry.state === 'settled'",
  ]),
  mutant(8, "another stream's ack is believed", [
    'gateway/bus/nats-failures.ts',
    "member(answer, 'stream') !== stream || ",
    '',
  ]),
  mutant(9, 'a second answer is counted again', [QUEUE, " || entry.state === 'settled'", '']),
  mutant(10, 'an id is remembered before the message is accepted', [
    'gateway/ingest.ts',
    'else if (offer(',
    'else if ((recentIds.add(id, clock.now()), offer)(',
  ]),
  mutant(11, 'ids are forgotten too early', [
    'shared/recent-ids.ts',
    'this.#previous = this.#current;',
    'this.#previous = new Set();',
  ]),
  mutant(12, 'the last, partial line of a frame is lost', [
    SPLITTER,
    'return this.#carry(frame.subarray(restStart));',
    "return 'ok';",
  ]),
  mutant(13, 'the second line of a frame is lost', [
    SPLITTER,
    'start < block.length; start = next',
    'start < block.length; start = block.length',
  ]),
  mutant(
    14,
    'the clock of a JOIN starts when it is queued',
    [
      SESSION,
      "if (command === '001') return welcome(session.rules, params[0] ?? '');",
      "if (command === '001') { const { session: s, outputs } = welcome(session.rules, params[0] ?? ''); return { session: { ...s, queuedAt: now }, outputs }; }",
    ],
    [
      'gateway/twitch/registered.ts',
      'ask(session.joins, channels, now)',
      'ask(session.joins, channels, session.queuedAt)',
    ],
  ),
  mutant(15, 'one JOIN too many', [
    'gateway/twitch/join-pacer.ts',
    'new RateWindow(limit, JOIN_SPAN_MS)',
    'new RateWindow(limit + 1, JOIN_SPAN_MS)',
  ]),
  mutant(16, 'no limit of logins', [
    'gateway/twitch/login-turns.ts',
    'if (this.#left() <= 0) return undefined;',
    '',
  ]),
  mutant(17, 'the backoff starts over with each connection', [
    'gateway/twitch/reconnect-pace.ts',
    'this.#upSince = now;',
    'this.#upSince = now; this.#attempt = 0;',
  ]),
  mutant(18, 'the old connection goes before the JOINs are confirmed', [
    'gateway/twitch/handover.ts',
    'newer.covers(old)',
    'newer.readingSince !== undefined',
  ]),
  mutant(19, 'the old connection goes without its last PING', [
    SESSION,
    "if (session.phase !== 'registered') return leave(session, why, now);",
    'return leave(session, why, now);',
  ]),
  mutant(20, "the successor's death leaves nobody reading", [
    SLOT,
    'this.#opening = turn ? undefined :',
    'this.#opening = turn ? (this.#links.length > 0 ? this.#opening : undefined) :',
  ]),
  mutant(21, 'what is spilled at the end is read before what is older', [
    'gateway/publish/spill.ts',
    'this.#spool.putBack(messages)',
    'this.#spool.putBack(messages.map((one, at) => ({ ...one, position: this.#spool.nextPosition + 1000 + at })))',
  ]),
  mutant(22, 'removed from the spool before its ack', [
    INTAKE,
    'this.#admit(next, true);',
    'this.#admit(next, true); this.#writer?.settled(next.position);',
  ]),
  mutant(23, 'what is spilled does not count as queued', [
    INTAKE,
    'return this.#left + (this.#options.spool?.waiting ?? 0);',
    'return this.#left;',
  ]),
  mutant(24, "a dead letter has its message's id", [
    'gateway/publish/dead-letter.ts',
    "message.messageId.replace(/^tw:/, 'dl:')",
    'message.messageId',
  ]),
  mutant(25, 'what is refused for good is tried for ever', [
    QUEUE,
    'return this.#rejected(entry, outcome.reason, outcome.error);',
    "return this.#sender.failed(entry, 'refused', outcome.error);",
  ]),
  mutant(26, 'sent again after the memory of the stream, without looking', [
    'gateway/publish/look-up.ts',
    'return memory !== undefined && now - unsureSince >= memory.windowMs / 2;',
    'return false;',
  ]),
  mutant(
    27,
    'no PONG while the queue is full',
    [
      INTAKE,
      '#refuse(reason: DropReason): boolean {',
      '#refuse(reason: DropReason): boolean { globalThis.isFull = true;',
    ],
    [
      INTAKE,
      'offer(queued: QueuedMessage): boolean {',
      'offer(queued: QueuedMessage): boolean { globalThis.isFull = false;',
    ],
    [
      SESSION,
      "if (message.command === 'PING') return",
      "if (message.command === 'PING' && !globalThis.isFull) return",
    ],
  ),
  mutant(28, 'dropped without being counted', [
    'gateway/publish/accounts.ts',
    'ledger.dropped[reason] += count;',
    '',
  ]),
  mutant(29, 'a token is swapped without an overlap', [
    SLOT,
    "else this.#relieve(link, 'replaced');",
    "else if (link.outgoing('replaced') || true) link.retire();",
  ]),
  mutant(30, 'the window is not restarted after a refusal', [
    'gateway/publish/send-window.ts',
    'this.#size = 1;',
    '',
  ]),
  ...QUIET_MUTANTS,
];
