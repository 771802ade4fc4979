import { ParsedLine, type EncodedEnvelope, type HeardLine } from '../heard-line.ts';
import { encodePlain } from './plain-envelope.ts';
import { PlainParts } from './plain-parts.ts';

/**
 * A line of chat as nearly all are, read in place among the bytes of its frame: only what has to be text becomes text.
 *
 * Plain means that no judgement is needed: a user says something in a channel, and every tag is known, in its place and
 * sound. Any other line is left to `parseMessage` and `toEnvelope`, which define what a line means; about a plain one
 * they say the same.
 */
export class PlainLine extends PlainParts implements HeardLine {
  readonly replacedBytes = false;

  get id(): string {
    return this.bytes.toString('latin1', this.idStart, this.idStart + 36);
  }

  encode(finalizationDestination: string): EncodedEnvelope {
    return encodePlain(this, finalizationDestination) ?? new ParsedLine(this).encode(finalizationDestination);
  }
}
