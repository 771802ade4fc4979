import { uuid } from '../../../scripts/stand-in/seeded-random.ts';
import type { ChatServer } from '../../../scripts/stand-in/chat-server.ts';
import type { Random } from '../../../gateway/clock.ts';
import type { SentMessage } from '../../fakes/stream-audit.ts';

export const CHANNELS = ['alpha', 'beta', 'gamma', 'delta'];

const TICK_MS = 10;
const MOST_AT_ONCE = 40;
const LONGEST_TEXT = 480;

/** People who talk in several channels at once; what they say follows from `random`. */
export class Talk implements Disposable {
  /** Everything said so far, each message once, in order. */
  readonly said: SentMessage[] = [];
  #linesSaid = 0;
  readonly #chat: ChatServer;
  readonly #random: Random;
  readonly #repeatedOf: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param repeatedOf one line in so many is said twice, as an overlap of two connections would do */
  constructor(chat: ChatServer, random: Random, repeatedOf = 50) {
    this.#chat = chat;
    this.#random = random;
    this.#repeatedOf = repeatedOf;
  }

  /** Repetitions included. */
  get linesSaid(): number {
    return this.#linesSaid;
  }

  /** Goes on until `end`: a few lines every 10 ms and sometimes dozens, about a thousand a second. */
  begin(): void {
    this.#timer ??= setInterval(() => this.say(Math.ceil(this.#random() ** 3 * MOST_AT_ONCE)), TICK_MS);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Says so many lines at once, in the channels by turns of chance; most texts are short. */
  say(count: number): void {
    const lines = Array.from({ length: count }, () =>
      this.#line(Math.ceil(this.#random() ** 4 * LONGEST_TEXT)),
    );
    const again = lines.filter(() => this.#random() * this.#repeatedOf < 1);
    this.#deliver([...lines, ...again]);
  }

  /** Says one line whose text is so many characters long; returns the id that it must be stored under. */
  sayLong(length: number): string {
    this.#deliver([this.#line(length)]);
    return this.said.at(-1)?.id ?? '';
  }

  [Symbol.dispose](): void {
    this.end();
  }

  #deliver(lines: readonly string[]): void {
    this.#linesSaid += lines.length;
    this.#chat.deliver(...lines);
  }

  #line(length: number): string {
    const channel = CHANNELS[Math.floor(this.#random() * CHANNELS.length)] as string;
    const id = uuid(this.#random);
    this.said.push({ id: `tw:${id}`, channel });
    return `@id=${id};tmi-sent-ts=${Date.now()} :ada!ada@ada.tmi.twitch.tv PRIVMSG #${channel} :${'x'.repeat(length)}`;
  }
}
