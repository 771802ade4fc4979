import assert from 'node:assert/strict';
import type {
  Bus,
  BusEvents,
  BusMemory,
  BusMessage,
  BusState,
  OpenBus,
  Outcome,
} from '../../gateway/bus/bus.ts';
import type { Degradation } from '../../gateway/degradation.ts';
import type { Clock } from '../../gateway/clock.ts';

/** One call of `publish`; `at` is the clock's `now`. */
export type Sent = { readonly token: number; readonly message: BusMessage; readonly at: number };

/** What the bus says to a publish: an outcome, or nothing at all. */
export type Answer = Outcome | 'silence';

type Script = {
  readonly applies: (message: BusMessage) => boolean;
  readonly answer: Answer;
  readonly stores: boolean;
  left: number;
};

type Unanswered = { readonly token: number; readonly outcome: Outcome };

/**
 * A bus in memory that does what it is told. Left alone it behaves: it stores each message id once, in the order
 * sent, and says so. Answers come after `latencyMs` of the clock, or when the test calls `answer`, and never inside
 * `publish`.
 *
 * Publishing while the link is down or after `close` breaks the contract: it throws, so that the test hears of it.
 */
export class FakeBus implements Bus {
  readonly driver = 'nats';
  readonly memory: BusMemory | undefined = undefined;
  /** Everything handed over, in order, repetitions included. */
  readonly sent: Sent[] = [];
  /** What is in the stream: the sequence is the index plus one. */
  readonly stored: BusMessage[] = [];
  readonly #clock: Clock;
  readonly #latencyMs: number | 'by hand';
  readonly #scripts: Script[] = [];
  #events: BusEvents | undefined;
  #state: BusState | 'closed' = 'connecting';
  readonly #sequences = new Map<string, number>();
  readonly #unanswered = new Set<Unanswered>();

  constructor(clock: Clock, latencyMs: number | 'by hand') {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
  }

  /** Reports `connecting`, and nothing more until `link`. */
  readonly open: OpenBus = (events) => {
    this.#events = events;
    events.onState('connecting', null);
    return this;
  };

  /** The link changes its state. Going anywhere but `up` or `refusing`, it takes the outstanding answers with it. */
  link(state: BusState, error: string | null = null): void {
    this.#state = state;
    if (!this.#isLinked) this.#unanswered.clear();
    this.#events?.onState(state, error);
  }

  /**
   * The next `count` publishes get this answer.
   *
   * @param stores the message is stored all the same, as when only its ack is lost
   */
  failNext(count: number, answer: Answer, stores = false): void {
    this.#scripts.push({ applies: () => true, answer, stores, left: count });
  }

  /** So does every publish from now on that `applies`. */
  failWhen(applies: (message: BusMessage) => boolean, answer: Answer): void {
    this.#scripts.push({ applies, answer, stores: false, left: Infinity });
  }

  /** From now on it behaves again. */
  heal(): void {
    this.#scripts.length = 0;
  }

  /** Gives the oldest `count` answers that are due; returns how many there were. */
  answer(count = Infinity): number {
    const due = [...this.#unanswered].slice(0, count);
    for (const answer of due) this.#give(answer);
    return due.length;
  }

  publish(token: number, message: BusMessage): void {
    assert.ok(this.#isLinked, `published while the bus was ${this.#state}`);
    this.sent.push({ token, message, at: this.#clock.now() });
    const outcome = this.#decide(message);
    if (outcome === 'silence') return;
    const unanswered = { token, outcome };
    this.#unanswered.add(unanswered);
    if (this.#latencyMs !== 'by hand') this.#clock.after(this.#latencyMs, () => this.#give(unanswered));
  }

  /** Follows the same script as `publish`; silence counts as a timeout. */
  async send(message: BusMessage): Promise<Outcome> {
    const outcome = this.#isLinked ? this.#decide(message) : 'silence';
    return outcome === 'silence' ? { kind: 'ambiguous', error: 'no answer' } : outcome;
  }

  degraded(): readonly Degradation[] {
    return [];
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    this.#unanswered.clear();
  }

  get #isLinked(): boolean {
    return this.#state === 'up' || this.#state === 'refusing';
  }

  #decide(message: BusMessage): Answer {
    const script = this.#scripts.find(({ left, applies }) => left > 0 && applies(message));
    if (!script) return this.#store(message);
    script.left -= 1;
    if (script.stores) this.#store(message);
    return script.answer;
  }

  #store(message: BusMessage): Outcome {
    const first = this.#sequences.get(message.messageId);
    if (first !== undefined) return { kind: 'stored', sequence: first, duplicate: true };
    const sequence = this.stored.push(message);
    this.#sequences.set(message.messageId, sequence);
    return { kind: 'stored', sequence, duplicate: false };
  }

  /** Once at most, and not when the link went away meanwhile. */
  #give(answer: Unanswered): void {
    if (this.#unanswered.delete(answer)) this.#events?.onOutcome(answer.token, answer.outcome);
  }
}
