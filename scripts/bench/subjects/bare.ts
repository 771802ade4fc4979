import { connect, createInbox, headers } from '@nats-io/transport-node';
import { toEnvelope } from '../../../shared/envelope.ts';
import { parseMessage } from '../../../shared/tmi-parser.ts';
import { corpus } from '../corpus.ts';
import { messageId } from '../world/message-ids.ts';
import { finalizationDestination, surroundings } from './surroundings.ts';

const WINDOW = 1024;
const BODIES = 2000;

/** The ceiling: just the client, with ready-made bodies, ids, and acks that are checked. It reads no chat. */
const world = surroundings();
const bodies = corpus(BODIES, world.channels, world.seed).map((line) => {
  const message = parseMessage(line);
  if (!message) throw new Error(`no message: ${line}`);
  const chatLine = { message, line, replacedBytes: false, receivedAt: Date.now() };
  return Buffer.from(JSON.stringify(toEnvelope(chatLine, finalizationDestination())));
});
const connection = await connect({ servers: `127.0.0.1:${world.natsPort}` });
const inbox = `${createInbox()}.`;
let [sent, settled] = [0, 0];

connection.subscribe(`${inbox}*`, {
  callback: (error, message) => {
    if (error) throw error;
    const ack = message.json<{ stream?: string; seq?: number }>();
    if (ack.stream !== world.stream || !Number.isSafeInteger(ack.seq)) throw new Error(message.string());
    settled += 1;
    pump();
  },
});
process.on('message', pump);
process.send?.('ready');

function pump(): void {
  for (; sent < world.count && sent - settled < WINDOW; sent += 1) {
    const body = bodies[sent % bodies.length];
    const withId = headers();
    withId.set('Nats-Msg-Id', `tw:${messageId(sent)}`);
    connection.publish(world.subject, body, { reply: inbox + sent, headers: withId });
  }
}
