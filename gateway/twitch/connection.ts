import { isChatMessage, isNamedByReceipt } from '../../shared/envelope.ts';
import { ParsedLine, type HeardLine } from '../../shared/heard-line.ts';
import { LineSplitter, type OnLine } from '../../shared/line-splitter.ts';
import { PlainLine } from '../../shared/plain/plain-line.ts';
import { parseMessage, type Message } from '../../shared/tmi-parser.ts';
import type { Clock } from '../clock.ts';
import type { Ending } from './endings.ts';
import { ReceiptTimes } from './receipt-times.ts';
import type { Refusal } from './refusals.ts';
import { nextDeadline, startSession, step, type Input, type Rules, type Session } from './session.ts';
import type { OpenSocket, Socket } from './socket.ts';
import type { Output } from './step.ts';

/** Why a line was neither chat nor of any use to the protocol. */
export const IGNORED_REASONS = ['malformed', 'not_a_channel', 'other_command'] as const;
export type IgnoredReason = (typeof IGNORED_REASONS)[number];

export type ConnectionEvents = {
  /** The login is about to be sent; the answer is `onRegistered` or the end. */
  onLogin(): void;
  onRegistered(): void;
  onJoined(channel: string): void;
  /** We are out of a channel that we left, or it was never answered. @param readUntil as for `onEnded` */
  onParted(channel: string, readUntil: number): void;
  onRefused(channel: string, refusal: Refusal): void;
  /** Another one should take over: the server wants that, or no longer answers (told each time it falls silent). */
  onOutgoing(why: 'reconnect_requested' | 'ping_timeout'): void;
  /** A PRIVMSG to a channel; it is lent. */
  onChatLine(line: HeardLine): void;
  onIgnored(reason: IgnoredReason): void;
  onRoundTrip(ms: number): void;
  /**
   * Exactly once, and last.
   *
   * @param readUntil until when nothing was missed: now, or the last frame where more may have been lost; by the monotonic clock
   */
  onEnded(ending: Ending, detail: string, readUntil: number): void;
};

export type ConnectionOptions = Rules & {
  readonly url: string;
  readonly clock: Clock;
  readonly openSocket: OpenSocket;
  readonly events: ConnectionEvents;
  /** Is given every line that is read, with the account's token concealed; undefined: nobody keeps them. */
  readonly recordLine: ((line: string, replacedBytes: boolean, receivedAt: number) => void) | undefined;
};

/** One WebSocket, one life: it ends with a reason, never reconnects and never throws. */
export class Connection {
  readonly #clock: Clock;
  readonly #events: ConnectionEvents;
  readonly #socket: Socket;
  readonly #lines = new LineSplitter();
  readonly #plainLine = new PlainLine();
  readonly #receiptTimes = new ReceiptTimes();
  readonly #recordLine: ConnectionOptions['recordLine'];
  readonly #identity: Rules['identity'];
  #session: Session;
  /** When the last frame came, by both clocks. */
  #heardAt: number;
  #receivedAt: number;
  #timer: { readonly at: number; cancel(): void } | undefined;

  constructor(options: ConnectionOptions) {
    this.#clock = options.clock;
    this.#events = options.events;
    this.#recordLine = options.recordLine;
    this.#identity = options.identity;
    this.#heardAt = this.#clock.now();
    this.#receivedAt = this.#clock.date();
    this.#session = startSession(options, this.#heardAt);
    this.#socket = options.openSocket(options.url, {
      onOpen: () => this.#step({ kind: 'open' }),
      onFrame: (bytes) => this.#read(bytes),
      onClosed: (ending, detail, isWhole) => this.#close(ending, detail, isWhole),
    });
    this.#arm();
  }

  /** When the last frame came, by the monotonic clock. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Sends the JOINs at once, for `channels` (logins) that `onJoined` or `onRefused` will answer. */
  join(channels: readonly string[]): void {
    this.#step({ kind: 'join', channels });
  }

  /** `onParted` will answer. */
  part(channels: readonly string[]): void {
    this.#step({ kind: 'part', channels });
  }

  /** Leaves as soon as all that was said to us has arrived, as a last PING of ours will show. */
  retire(ending: Ending, detail: string): void {
    this.#step({ kind: 'retire', ending, detail, heardAt: this.#heardAt });
  }

  /** Says goodbye; what is still on its way is read. Ends within a second. */
  leave(): void {
    this.#step({ kind: 'leave' });
  }

  #read(bytes: Uint8Array): void {
    if (this.#session.phase === 'ended') return;
    this.#heardAt = this.#clock.now();
    this.#receivedAt = this.#clock.date();
    if (this.#lines.push(bytes, this.#onLine) === 'ok') return;
    this.#close('line_too_long', 'a line without an end', false);
  }

  #close(ending: Ending, detail: string, isWhole: boolean): void {
    this.#step({ kind: 'end', ending, detail, heardAt: this.#heardAt, isWhole });
  }

  readonly #onLine: OnLine = (block, start, end, isText) => {
    if (this.#session.phase === 'ended') return;
    const isPlain = isText && this.#plainLine.read(block, start, end, this.#receivedAt);
    if (!isPlain) return this.#judge(block.toString('utf8', start, end), !isText);
    if (this.#recordLine) this.#record(this.#plainLine.line, false, this.#receivedAt);
    this.#events.onChatLine(this.#plainLine);
  };

  /** Any line that is not plain chat. */
  #judge(line: string, replacedBytes: boolean): void {
    const message = parseMessage(line);
    const receivedAt = this.#receiptTime(message, line);
    this.#record(line, replacedBytes, receivedAt);
    if (!message) this.#events.onIgnored('malformed');
    else if (isChatMessage(message))
      this.#events.onChatLine(new ParsedLine({ message, line, replacedBytes, receivedAt }));
    else if (message.command === 'PRIVMSG') this.#events.onIgnored('not_a_channel');
    else this.#step({ kind: 'message', message });
  }

  #record(line: string, replacedBytes: boolean, receivedAt: number): void {
    this.#recordLine?.(this.#identity.conceal(line), replacedBytes, receivedAt);
  }

  #receiptTime(message: Message | undefined, line: string): number {
    const isNamed = message && isChatMessage(message) && isNamedByReceipt(message);
    return isNamed ? this.#receiptTimes.of(line, this.#receivedAt) : this.#receivedAt;
  }

  #step(input: Input): void {
    const { session, outputs } = step(this.#session, input, this.#clock.now());
    this.#session = session;
    for (const output of outputs) this.#act(output);
    this.#arm();
  }

  #act(output: Output): void {
    switch (output.kind) {
      case 'send':
        return this.#socket.send(`${output.line}\r\n`);
      case 'close':
        return this.#socket.close();
      case 'login':
        return this.#events.onLogin();
      case 'registered':
        return this.#events.onRegistered();
      case 'joined':
        return this.#events.onJoined(output.channel);
      case 'parted':
        return this.#events.onParted(output.channel, this.#readUntil(!output.answered));
      case 'refused':
        return this.#events.onRefused(output.channel, output.refusal);
      case 'outgoing':
        return this.#events.onOutgoing(output.why);
      case 'round_trip':
        return this.#events.onRoundTrip(output.ms);
      case 'ignored':
        return this.#events.onIgnored('other_command');
      case 'ended':
        return this.#end(output);
    }
  }

  #end({ ending, detail, silent }: Extract<Output, { kind: 'ended' }>): void {
    this.#timer?.cancel();
    this.#socket.terminate();
    this.#events.onEnded(ending, detail, this.#readUntil(silent));
  }

  #readUntil(silent: boolean): number {
    return silent ? this.#heardAt : this.#clock.now();
  }

  /** One timer for every deadline. A frame only moves a deadline back, so the timer is left to find out by itself. */
  #arm(): void {
    const at = nextDeadline(this.#session, this.#heardAt);
    if (at >= (this.#timer?.at ?? Infinity)) return;
    this.#timer?.cancel();
    this.#timer = {
      at,
      cancel: this.#clock.after(Math.max(0, at - this.#clock.now()), () => this.#expire()),
    };
  }

  #expire(): void {
    this.#timer = undefined;
    if (this.#clock.now() < nextDeadline(this.#session, this.#heardAt)) return this.#arm();
    this.#socket.whenRead(() => this.#step({ kind: 'deadline', heardAt: this.#heardAt }));
  }
}
