import { createHash } from 'node:crypto';
import type { DeadLetterReason } from '../../gateway/bus/bus.ts';
import { readDeadLetter } from '../../gateway/publish/dead-letter.ts';
import type { Envelope } from '../../shared/envelope.ts';
import { kindOfBody } from './chat-line.ts';
import type { Journal } from './journal.ts';
import type { Saying } from './plan.ts';
import type { SimClock } from './sim-clock.ts';
import type { Arrived } from './stream.ts';

type Line = { readonly channel: string; readonly text: string; readonly at: number };

/** Why the bus will not have a line of each kind; any other is refused by a bus that says nonsense. */
const REASONS: Readonly<Partial<Record<string, DeadLetterReason>>> = {
  too_large: 'max_payload',
  refused_size: 'max_msg_size',
  bad_header: 'bad_header',
} satisfies Partial<Record<Saying['kind'], DeadLetterReason>>;

/** That what is stored is what was said, to the letter. */
export class Contents {
  readonly #clock: SimClock;
  readonly #journal: Journal;
  readonly #lines = new Map<string, Line>();
  readonly #arrived = new Set<string>();

  constructor(clock: SimClock, journal: Journal) {
    this.#clock = clock;
    this.#journal = journal;
  }

  /** @param line as it is sent, without its ending */
  said(key: string, channel: string, line: string): void {
    const text = line.slice(line.indexOf(' :', line.indexOf(' PRIVMSG ')) + 2);
    this.#lines.set(key, { channel, text, at: this.#clock.date() });
  }

  /** A line reached the process, and was read. @returns where it was said */
  arrived(key: string): string {
    this.#arrived.add(key);
    return this.#lines.get(key)?.channel ?? '';
  }

  mustHaveArrived(keys: readonly string[]): void {
    for (const key of keys)
      this.#journal.check(
        this.#arrived.has(key),
        () => `${key} was not read, though ${this.#lines.get(key)?.channel} counts as joined`,
      );
  }

  /** A message is in the stream. */
  stored(sequence: number, { name, subject, body }: Arrived): void {
    const digest = createHash('sha1').update(body).digest('hex');
    this.#journal.note(`stores ${name} as ${sequence}, ${digest}`);
    const wrong = subject.endsWith('deadletter.v1')
      ? this.#wrongInLetter(name, body)
      : this.#wrongInBody(name, body);
    this.#journal.check(wrong === undefined, () => `${name} was stored with ${wrong}`);
  }

  /** A message became a dead letter. */
  buried(name: string, body: Uint8Array, reason: DeadLetterReason): void {
    const expected = REASONS[kindOfBody(body)] ?? 'unknown_error';
    this.#journal.check(reason === expected, () => `${name} is a dead letter for ${reason}, not ${expected}`);
  }

  #wrongInLetter(name: string, body: Uint8Array): string | undefined {
    const letter = readDeadLetter(body);
    if (!letter) return 'no dead letter in it';
    const messageId = name.replace('dl:', 'tw:');
    if (letter.body) return this.#wrongInBody(messageId, letter.body);
    return `tw:${letter.envelope.id}` === messageId ? undefined : `the remains of ${letter.envelope.id}`;
  }

  #wrongInBody(name: string, body: Uint8Array): string | undefined {
    const envelope = JSON.parse(
      Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString(),
    ) as Envelope;
    const { id, timestamp, source, payload } = envelope;
    const line = this.#lines.get(/^~(\w+)~/.exec(payload.text)?.[1] ?? '');
    if (!line) return `a text that nobody said: ${payload.text.slice(0, 40)}`;
    const receivedAt = Date.parse(timestamp);
    if (payload.text !== line.text) return 'another text than was said';
    if (`tw:${id}` !== name || payload.messageId !== id) return `the body of ${id}`;
    if (source.channel !== line.channel) return `another channel, ${source.channel}`;
    const isTimely = receivedAt >= line.at && receivedAt <= this.#clock.date();
    return isTimely ? undefined : `a wrong time of receipt, ${timestamp}`;
  }
}
