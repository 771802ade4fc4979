import type { EncodedEnvelope, HeardLine } from './heard-line.ts';
import { encodePlain } from './plain-envelope.ts';
import { PlainParts } from './plain-parts.ts';
import { remembered } from './remembered.ts';

/** There are few channels, and each is named by every message that waits. */
const channelName = remembered((name) => name, 4096);

/**
 * A line of chat as nearly all are, read where it lies among the bytes of its frame: only what has to be a text becomes
 * one.
 *
 * Plain is what needs no judgement: a user says something in a channel, and every tag is a known one, in its place and
 * sound. Any other line is left to `parseMessage` and `toEnvelope`, which say what a line means; of a plain one they say
 * the same.
 */
export class PlainLine extends PlainParts implements HeardLine {
  readonly replacedBytes = false;

  get id(): string {
    return this.bytes.toString('latin1', this.idStart, this.idStart + 36);
  }

  get channel(): string {
    return channelName(this.bytes.toString('latin1', this.channelStart, this.channelEnd));
  }

  encode(finalizationDestination: string): EncodedEnvelope {
    return encodePlain(this, finalizationDestination);
  }
}
