import type { BusMessage, Outcome } from '../../gateway/bus/bus.ts';
import type { LetterSource, StoredLetter } from '../../gateway/bus/letter-source.ts';
import { pause } from '../../gateway/pause.ts';
import type { Clock, Random } from '../../gateway/clock.ts';
import { readDeadLetter, type DeadLetter } from '../../gateway/publish/dead-letter.ts';
import { backoffMs } from '../../shared/backoff.ts';
import { envelopeHeaders, messageIdOf } from '../../shared/envelope-headers.ts';
import type { LogLetters } from './log-letters.ts';

/** A bus that has not taken a letter after this many tries will not take the next one, either. */
const TRIES = 4;
const BASE_DELAY_MS = 250;
const MAX_DELAY_MS = 2000;

export type RedriveOptions = {
  /** The local store; undefined: there is none. */
  readonly local: LogLetters | undefined;
  /** The letters that are on the bus. */
  readonly onBus: LetterSource;
  readonly send: (message: BusMessage) => Promise<Outcome>;
  /** Where envelopes go. */
  readonly subject: string;
  /** undefined: whatever the reason was. */
  readonly reason: string | undefined;
  /** How many letters are tried. */
  readonly limit: number;
  /** Only counts what would be done. */
  readonly dryRun: boolean;
  readonly clock: Clock;
  readonly random: Random;
  /** Ends the run after the letters that are on their way. */
  readonly signal: AbortSignal;
  /** One letter that stays, and why, without a word of the chat. */
  readonly onLeft: (letter: string, why: string) => void;
  readonly onProgress: (summary: Summary) => void;
};

/** Each letter counts once; `skipped`: its reason is not the one asked for. */
export type Summary = { redriven: number; skipped: number; left: number };

/**
 * Publishes the envelopes of dead letters again, under their own ids and byte for byte, and marks the letters done once
 * the bus has stored them.
 *
 * The local store comes first: a letter that is on the bus as well, whole or truncated, is dealt with there. What is done
 * leaves the local store only after all letters on the bus were seen, so a run that is killed in between leaves no
 * truncated letter on the bus whose whole is gone.
 *
 * @throws StoreError, BusReadError; `onProgress` has then told what was done
 */
export async function redrive(options: RedriveOptions): Promise<Summary> {
  const run = new Redrive(options);
  const { local, onBus, dryRun } = options;
  if (local) await run.through(local, (letter) => run.local(letter));
  await run.through(onBus, (letter) => run.onBus(letter));
  if (!run.isStopped && !dryRun) local?.removeDone();
  return run.summary;
}

class Redrive {
  readonly summary: Summary = { redriven: 0, skipped: 0, left: 0 };
  readonly #options: RedriveOptions;
  #untried: number;
  #hasGivenUp = false;
  /** The ids in the local store, and whether their letters are done. */
  readonly #isDone = new Map<string, boolean>();

  constructor(options: RedriveOptions) {
    this.#options = options;
    this.#untried = options.limit;
  }

  get isStopped(): boolean {
    return this.#hasGivenUp || this.#options.signal.aborted;
  }

  /** @param deal says whether the letter is done */
  async through(source: LetterSource, deal: (letter: StoredLetter) => Promise<boolean>): Promise<void> {
    while (!this.isStopped) {
      const letters = await source.next();
      if (letters.length === 0) break;
      const answers = await Promise.all(letters.map(deal));
      if (!this.#options.dryRun) await source.done(letters.filter((_, index) => answers[index]));
      this.#options.onProgress(this.summary);
    }
    this.summary.left += await source.countRest();
  }

  async local(letter: StoredLetter): Promise<boolean> {
    const read = readDeadLetter(letter.body);
    const isDone = letter.isDone || (await this.#deal(letter, read));
    if (read) this.#isDone.set(read.envelope.id, isDone);
    return isDone && !letter.isDone;
  }

  async onBus(letter: StoredLetter): Promise<boolean> {
    if (letter.isDone) return false;
    const read = readDeadLetter(letter.body);
    return this.#isDone.get(read?.envelope.id ?? '') ?? this.#deal(letter, read);
  }

  async #deal({ sequence }: StoredLetter, letter: DeadLetter | undefined): Promise<boolean> {
    const { reason } = this.#options;
    if (!letter) return this.#leave(`number ${sequence}`, 'it is not a dead letter of ours');
    if (reason !== undefined && letter.about['reason'] !== reason) {
      this.summary.skipped++;
      return false;
    }
    if (this.#untried === 0) {
      this.summary.left++;
      return false;
    }
    const why = await this.#try(letter);
    if (why !== undefined) return this.#leave(letter.envelope.id, why);
    this.summary.redriven++;
    return true;
  }

  /** @returns why it stays; undefined if it does not */
  async #try({ envelope, body }: DeadLetter): Promise<string | undefined> {
    const { dryRun, subject } = this.#options;
    if (!body)
      return 'truncated, and the whole is not in this DATA_DIR: use that of the gateway that wrote it';
    this.#untried--;
    if (dryRun) return undefined;
    return this.#publish({
      messageId: messageIdOf(envelope),
      subject,
      headers: envelopeHeaders(envelope),
      body,
    });
  }

  async #publish(message: BusMessage): Promise<string | undefined> {
    const { send, clock, random, signal } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const outcome = await send(message);
      if (outcome.kind === 'stored') return undefined;
      if (outcome.kind === 'rejected' || outcome.kind === 'unknown') return outcome.error;
      if (attempt === TRIES) this.#hasGivenUp = true;
      if (this.isStopped) return outcome.error;
      await pause(clock, backoffMs(attempt - 1, BASE_DELAY_MS, MAX_DELAY_MS, random), signal);
    }
  }

  #leave(letter: string, why: string): false {
    this.summary.left++;
    this.#options.onLeft(letter, why);
    return false;
  }
}
