import { parse as irccParse } from '@tmi.js/irc-parser';
import ircMessage from 'irc-message';
import * as ircv3 from 'ircv3';
import tmiParser from 'tmi.js/lib/parser.js';
import { parseMessage } from '../../../shared/tmi-parser.ts';
import { micro } from './micro.ts';

/** (a) One line to one message. */
export const PARSERS = [
  micro('ingress-egress', (line) => parseMessage(line)),
  micro('tmi.js', (line) => tmiParser.msg(line)),
  micro('irc-message', (line) => ircMessage.parse(line)),
  micro('@tmi.js/irc-parser', (line) => irccParse(line)),
  micro('ircv3 (Twurple)', (line) => ircv3.parseMessage(line)),
];
