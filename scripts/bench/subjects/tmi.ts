import tmi, { type Tags } from 'tmi.js';
import { publisher, type Way } from './publishing.ts';
import { finalizationDestination, surroundings } from './surroundings.ts';

/** What one would write with tmi.js: its tags as they are, in an envelope of the same shape. */
const world = surroundings();
const publish = await publisher(world, process.argv[3] as Way);
const client = new tmi.Client({
  options: { skipMembership: true, skipUpdatingEmotesets: true },
  connection: { server: '127.0.0.1', port: world.chatPort, secure: false },
  channels: [...world.channels],
});
const onSaid = (channel: string, tags: Tags, text: string): void => {
  const id = String(tags['id']);
  const source = { platform: 'twitch', channel: channel.slice(1), channelId: tags['room-id'] };
  const user = { id: tags['user-id'], name: tags['username'], displayName: tags['display-name'] };
  const payload = {
    text,
    messageId: id,
    sentAt: new Date(Number(tags['tmi-sent-ts'])).toISOString(),
    raw: { tags },
  };
  const envelope = {
    v: '1',
    id,
    correlationId: id,
    traceId: id.replaceAll('-', ''),
    timestamp: new Date().toISOString(),
    type: 'external.chat.message.v1',
    source,
    user,
    routingSlip: [],
    finalizationDestination: finalizationDestination(),
    payload,
  };
  publish(id, JSON.stringify(envelope));
};
client.on('message', onSaid);
client.on('cheer', onSaid);
await client.connect();
