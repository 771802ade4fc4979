import { ReceiptTimes } from '../../gateway/twitch/receipt-times.ts';
import type { IgnoredReason } from '../../gateway/twitch/connection.ts';
import { isChatMessage, isNamedByReceipt, type ChatLine } from '../../shared/envelope.ts';
import { ParsedLine, type HeardLine } from '../../shared/heard-line.ts';
import { parseRecordedLine, type RecordedLine } from '../../shared/recorded-line.ts';
import { readTime } from '../../shared/tag-values.ts';
import { parseMessage, type Message } from '../../shared/tmi-parser.ts';
import type { Line } from './lines.ts';

/** What a line of an input is: chat, or the reason why not. */
export type Reading = HeardLine | IgnoredReason;

/** Turns the lines of one input, recorded or plain IRC, into chat. */
export class LineReader {
  readonly #receiptTimes = new ReceiptTimes();
  #previousAt: number;

  /** @param startedAt the time for undated lines before the first dated one, milliseconds since 1970 */
  constructor(startedAt: number) {
    this.#previousAt = startedAt;
  }

  /** No IRC line starts with a brace. */
  read({ text, replacedBytes }: Line): Reading {
    if (!text.startsWith('{')) return this.#plain(text, replacedBytes);
    const recorded = parseRecordedLine(text);
    return recorded ? this.#recorded(recorded, replacedBytes) : 'malformed';
  }

  #recorded({ line, receivedAt, replacedBytes }: RecordedLine, isDamaged: boolean): Reading {
    const message = parseMessage(line);
    this.#previousAt = receivedAt;
    return message
      ? chatOf({ message, line, receivedAt, replacedBytes: replacedBytes || isDamaged })
      : 'malformed';
  }

  #plain(line: string, replacedBytes: boolean): Reading {
    const message = parseMessage(line);
    return message
      ? chatOf({ message, line, receivedAt: this.#timeOf(message, line), replacedBytes })
      : 'malformed';
  }

  /** When it was said, else the time of the line before; equal lines that nothing else tells apart get one time each. */
  #timeOf(message: Message, line: string): number {
    const saidAt = Date.parse(readTime(message.tags, 'tmi-sent-ts', []));
    const at = Number.isNaN(saidAt) ? this.#previousAt : saidAt;
    const needsItsOwn = isChatMessage(message) && isNamedByReceipt(message);
    this.#previousAt = needsItsOwn ? this.#receiptTimes.of(line, at) : at;
    return this.#previousAt;
  }
}

function chatOf(line: ChatLine): Reading {
  if (isChatMessage(line.message)) return new ParsedLine(line);
  return line.message.command === 'PRIVMSG' ? 'not_a_channel' : 'other_command';
}
