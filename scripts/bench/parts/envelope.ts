import { ChatMessage } from '@twurple/chat';
import * as ircv3 from 'ircv3';
import { toEnvelope } from '../../../shared/envelope.ts';
import { ParsedLine } from '../../../shared/heard-line.ts';
import { PlainLine } from '../../../shared/plain/plain-line.ts';
import { parseMessage } from '../../../shared/tmi-parser.ts';
import { microOfBytes } from './micro.ts';
import { twurpleEnvelope } from './twurple-envelope.ts';

const DESTINATION = 'internal.finalizer.v1';

const known = new Map([...ircv3.MessageTypes.all, ['PRIVMSG', ChatMessage]]);

const plain = new PlainLine();

/** (b) From the bytes of one line to those of its envelope. */
export const MAPPERS = [
  microOfBytes('ingress-egress', (bytes) =>
    plain.read(bytes, 0, bytes.length, Date.now())
      ? plain.encode(DESTINATION)
      : parsed(bytes).encode(DESTINATION),
  ),
  microOfBytes('toEnvelope + JSON.stringify', (bytes) =>
    Buffer.from(JSON.stringify(toEnvelope(parsed(bytes), DESTINATION))),
  ),
  microOfBytes('Twurple + JSON.stringify', (bytes) => {
    const message = ircv3.parseMessage(bytes.toString(), undefined, known) as ChatMessage;
    return Buffer.from(JSON.stringify(twurpleEnvelope(message, DESTINATION)));
  }),
];

function parsed(bytes: Buffer): ParsedLine {
  const line = bytes.toString();
  const message = parseMessage(line);
  if (!message) throw new Error(`no message: ${line}`);
  return new ParsedLine({ message, line, replacedBytes: false, receivedAt: Date.now() });
}
