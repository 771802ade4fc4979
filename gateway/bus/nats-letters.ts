import type { Consumer, ConsumerInfo, JsMsg } from '@nats-io/jetstream';
import type { LetterSource, StoredLetter } from './letter-source.ts';
import type { NatsReading } from './nats-reader.ts';
import { BusReadError } from './stored-message.ts';
import { errorText } from '../../shared/error-text.ts';

/** Letters on their way at once. */
const BATCH = 16;
/** The shortest that the client library allows. */
const PULL_MS = 1000;
/** This many pulls in a row may bring nothing although there is something: another run has asked for it. */
const MAX_IDLE_PULLS = 2;

/** `giveBack`: what was shown and is not done with becomes available again at once. */
export type NatsLetters = LetterSource & { giveBack(): Promise<void> };

/** Through the durable consumer: what is done with is acked, and everything else is given back at the end. */
export class ConsumedLetters implements NatsLetters {
  readonly #consumer: Consumer;
  /** Shown and not done with, by sequence. */
  readonly #held = new Map<number, JsMsg>();

  constructor(consumer: Consumer) {
    this.#consumer = consumer;
  }

  next(): Promise<readonly StoredLetter[]> {
    return readable(async () => {
      for (let idle = 0; idle < MAX_IDLE_PULLS;) {
        const unseen = await this.#countUnseen();
        if (unseen === 0) break;
        const messages = await this.#pull(Math.min(BATCH, unseen));
        const news = messages.filter(({ seq }) => !this.#held.has(seq));
        for (const message of messages) this.#held.set(message.seq, message);
        if (news.length > 0) return news.map(toLetter);
        if (messages.length === 0) idle++;
      }
      return [];
    });
  }

  done(letters: readonly StoredLetter[]): Promise<void> {
    return readable(async () => {
      await Promise.all(letters.map(({ sequence }) => this.#ack(sequence)));
    });
  }

  countRest(): Promise<number> {
    return readable(() => this.#countUnseen());
  }

  async giveBack(): Promise<void> {
    for (const message of this.#held.values()) message.nak();
  }

  /** Includes those that another run has asked for. */
  async #countUnseen(): Promise<number> {
    const { num_pending: pending, num_ack_pending: asked } = await this.#consumer.info();
    return pending + Math.max(0, asked - this.#held.size);
  }

  async #ack(sequence: number): Promise<void> {
    await this.#held.get(sequence)?.ackAck();
    this.#held.delete(sequence);
  }

  /** Letters held for longer than an ack may take come again. */
  async #pull(count: number): Promise<JsMsg[]> {
    return Array.fromAsync(await this.#consumer.fetch({ max_messages: count, expires: PULL_MS }));
  }
}

/** Beside the durable consumer, from behind the letters that it has dealt with without a break. */
export class LookedAtLetters implements NatsLetters {
  readonly #reading: NatsReading;
  readonly #after: number;
  /** How many the consumer is not done with. */
  readonly #open: number;
  readonly #onNotice: (sentence: string) => void;
  #shown = 0;

  constructor(reading: NatsReading, info: ConsumerInfo | undefined, onNotice: (sentence: string) => void) {
    this.#reading = reading;
    this.#after = info?.ack_floor.stream_seq ?? 0;
    this.#open = info ? info.num_pending + info.num_ack_pending : Infinity;
    this.#onNotice = onNotice;
  }

  async next(): Promise<readonly StoredLetter[]> {
    for (;;) {
      const { value } = await this.#reading.messages.next();
      if (!value) return this.#ended();
      if (value.sequence <= this.#after) continue;
      this.#shown++;
      return [{ ...value, isDone: false }];
    }
  }

  async done(): Promise<void> {}

  async countRest(): Promise<number> {
    return 0;
  }

  async giveBack(): Promise<void> {
    await this.#reading.close();
  }

  #ended(): [] {
    const known = this.#shown - this.#open;
    if (known > 0) this.#onNotice(`${known} of these were redriven before; only a run can tell which.`);
    return [];
  }
}

function toLetter({ seq: sequence, data: body }: JsMsg): StoredLetter {
  return { sequence, body, isDone: false };
}

/** The border: any error of the client becomes one that the caller understands. */
export async function readable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new BusReadError(errorText(error), { cause: error });
  }
}
