import { ChatClient, type ChatMessage } from '@twurple/chat';
import { twurpleEnvelope } from '../parts/twurple-envelope.ts';
import { publisher, type Way } from './publishing.ts';
import { finalizationDestination, surroundings } from './surroundings.ts';

/** What one would write with Twurple: the envelope, built by hand, and `js.publish`. */
const world = surroundings();
const publish = await publisher(world, process.argv[3] as Way);
// Its option has no place for a port, and it appends `:80`: this way that ends up in the query.
const client = new ChatClient({
  channels: world.channels,
  hostName: `127.0.0.1:${world.chatPort}/?`,
  ssl: false,
});
const onSaid = (_channel: string, _user: string, _text: string, message: ChatMessage): void =>
  publish(message.id, JSON.stringify(twurpleEnvelope(message, finalizationDestination())));
client.onMessage(onSaid);
client.onAction(onSaid);
client.connect();
