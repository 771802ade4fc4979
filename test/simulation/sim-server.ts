import { NO_RESPONDERS, type WireAnswer } from '../../gateway/bus/nats-failures.ts';
import type { Chance } from './chance.ts';
import { kindOfBody } from './chat-line.ts';
import type { Journal } from './journal.ts';
import type { Arrived, SimStream } from './stream.ts';

export const STREAM = 'INGRESS';

export type Mood = 'well' | 'lossy' | 'stalled' | 'full' | 'missing' | 'denied' | 'down';

/** Where the answers to one message go. `isTrue`: the stream holds it. */
export type Answering = {
  readonly answer: (answer: WireAnswer, isTrue: boolean, delayMs: number) => void;
  readonly deny: () => void;
};

/** What the NATS server does with messages; it outlives those who publish. */
export class SimServer {
  mood: Mood = 'well';
  /** Since when. */
  moodSince = 0;
  readonly stream: SimStream;
  /** What was answered by an error without a rule. */
  readonly unknownErrors = new Set<string>();
  /** Both are told as soon as it happens. */
  onStored: (sequence: number, message: Arrived) => void = () => {};
  onTwice: (id: string) => void = () => {};
  readonly #chance: Chance;
  readonly #journal: Journal;
  readonly #ackDelayMs: number;
  #backlog: { readonly since: number; readonly work: () => void }[] = [];

  constructor(stream: SimStream, ackDelayMs: number, chance: Chance, journal: Journal) {
    this.stream = stream;
    this.#ackDelayMs = ackDelayMs;
    this.#chance = chance;
    this.#journal = journal;
  }

  /**
   * What has lain unread for more than half of the stream's memory is lost: a message that arrives after the stream has
   * forgotten its first copy is stored again, and no sender can prevent that.
   */
  turn(mood: Mood): void {
    this.mood = mood;
    this.moodSince = this.stream.now;
    if (mood === 'stalled') return;
    const since = this.stream.now - this.stream.windowMs / 2;
    for (const waiting of this.#backlog.splice(0)) if (waiting.since > since) waiting.work();
  }

  take(message: Arrived, answering: Answering): void {
    const error = errorFor(kindOfBody(message.body), message.subject);
    switch (this.mood) {
      case 'stalled':
        this.#backlog.push({ since: this.stream.now, work: () => this.take(message, answering) });
        return;
      case 'down':
        return;
      case 'denied':
        return answering.deny();
      case 'missing':
        return answering.answer({ status: NO_RESPONDERS, body: '' }, false, 0);
      default:
        if (error !== undefined) return answering.answer(refusal(error), false, 0);
    }
    if (this.mood === 'full' && this.stream.remembers(message.id) === undefined)
      return answering.answer(refusal(10077), false, 0);
    if (this.mood === 'lossy') return this.#loseSome(message, answering);
    this.#store(message, answering, 0);
  }

  #store(message: Arrived, { answer }: Answering, delayMs: number): void {
    const before = this.stream.messages.length;
    const { sequence, duplicate } = this.stream.store(message);
    if (duplicate) this.#journal.count('bus: answers "duplicate"');
    if (!duplicate) this.onStored(sequence, message);
    this.#checkOnce(message, before);
    const ack = duplicate ? { stream: STREAM, seq: sequence, duplicate } : { stream: STREAM, seq: sequence };
    answer({ status: 0, body: JSON.stringify(ack) }, true, this.#ackDelayMs + delayMs);
  }

  #checkOnce({ name }: Arrived, before: number): void {
    const isNew = this.stream.messages.length > before;
    if (isNew && this.stream.messages.some(({ id }, index) => index < before && id === name))
      this.onTwice(name);
  }

  #loseSome(message: Arrived, answering: Answering): void {
    const fate = this.#chance.weighted({
      stored: 6,
      lost: 2,
      ack_lost: 2,
      ack_late: 2,
      ack_twice: 1,
      false_ack: 2,
      refused: 1,
      unknown_error: 0.5,
    });
    this.#journal.count(`bus: ${fate}`);
    if (fate === 'unknown_error') this.unknownErrors.add(message.name);
    switch (fate) {
      case 'stored':
        return this.#store(message, answering, 0);
      case 'lost':
        return;
      case 'ack_lost':
        return this.#store(message, { ...answering, answer: () => {} }, 0);
      case 'ack_late':
        return this.#store(message, answering, this.#chance.whole(300, 6_000));
      case 'ack_twice':
        return this.#store(message, { ...answering, answer: twice(answering, this.#chance) }, 0);
      case 'false_ack':
        return answering.answer({ status: 0, body: this.#chance.pick(FALSE_ACKS) }, false, 0);
      case 'refused':
        return answering.answer(refusal(this.#chance.pick([10077, 10023, 10008])), false, 0);
      case 'unknown_error':
        return answering.answer(refusal(10_999), false, 0);
    }
  }
}

const FALSE_ACKS = [
  '{}',
  'not JSON',
  '{"stream":"OTHER","seq":7}',
  '{"stream":"INGRESS","seq":0}',
  '{"stream":"INGRESS","seq":"9"}',
];

/** The second one comes later, perhaps when more has been settled. */
function twice({ answer }: Answering, chance: Chance): Answering['answer'] {
  return (wire, isTrue, delayMs) => {
    answer(wire, isTrue, delayMs);
    answer(wire, isTrue, delayMs + chance.whole(0, 100));
  };
}

/** An error of the JetStream API that concerns the message itself. */
function errorFor(kind: string, subject: string): number | undefined {
  if (subject.endsWith('deadletter.v1')) return undefined;
  if (kind === 'refused_size') return 10_054;
  if (kind === 'bad_header') return 10_097;
  return kind === 'unknown_error' ? 10_999 : undefined;
}

function refusal(code: number): WireAnswer {
  return { status: 0, body: JSON.stringify({ error: { code: 400, err_code: code, description: 'no' } }) };
}
