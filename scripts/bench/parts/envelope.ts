import { ChatMessage } from '@twurple/chat';
import * as ircv3 from 'ircv3';
import { envelopeJson } from '../../../shared/envelope-json.ts';
import { identityOf, idOf, toEnvelope, type ChatLine } from '../../../shared/envelope.ts';
import { parseMessage } from '../../../shared/tmi-parser.ts';
import { micro } from './micro.ts';
import { twurpleEnvelope } from './twurple-envelope.ts';

const DESTINATION = 'internal.finalizer.v1';

const known = new Map([...ircv3.MessageTypes.all, ['PRIVMSG', ChatMessage]]);

/** (b) One line to the bytes of its envelope. */
export const MAPPERS = [
  micro('ingress-egress', (line) => {
    const chatLine = read(line);
    return Buffer.from(envelopeJson(chatLine, identityOf(idOf(chatLine)), DESTINATION));
  }),
  micro('toEnvelope + JSON.stringify', (line) =>
    Buffer.from(JSON.stringify(toEnvelope(read(line), DESTINATION))),
  ),
  micro('Twurple + JSON.stringify', (line) => {
    const message = ircv3.parseMessage(line, undefined, known) as ChatMessage;
    return Buffer.from(JSON.stringify(twurpleEnvelope(message, DESTINATION)));
  }),
];

function read(line: string): ChatLine {
  const message = parseMessage(line);
  if (!message) throw new Error(`no message: ${line}`);
  return { message, line, replacedBytes: false, receivedAt: Date.now() };
}
