import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startChatServer } from '../../scripts/stand-in/chat-server.ts';
import { nodeMain, temporaryDirectory } from './gateway-process.ts';

/** Longer than the silence and the wait for a PONG together: every deadline of ours passes meanwhile. */
const STOPPED_MS = 3_000;

test('a process that stood still for longer than all its deadlines keeps its connections and what they brought', async () => {
  await using chat = await startChatServer();
  await using directory = await temporaryDirectory();
  await using gateway = nodeMain({
    TWITCH_CHANNELS: 'alpha beta',
    TWITCH_IRC_URL: chat.url,
    IRC_CHANNELS_PER_CONNECTION: '1',
    IRC_IDLE_PING_MS: '500',
    IRC_PONG_TIMEOUT_MS: '2000',
    PORT: '0',
    DATA_DIR: directory.path,
  });
  const sessions = await Promise.all([chat.joined('alpha'), chat.joined('beta')]);
  const [alpha] = sessions;
  await chat.waitFor('a PING of the gateway', () => alpha.heard.some(({ line }) => line.startsWith('PING')));
  gateway.child.kill('SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
  alpha.say('@id=meanwhile :ada!ada@ada PRIVMSG #alpha :hello');
  gateway.child.kill('SIGCONT');
  await Promise.all(sessions.map((session) => session.roundTrip()));
  const page = await fetch(`${await gateway.url()}/_debug/twitch`);
  const { reconnects, ledger } = (await page.json()) as { reconnects: number; ledger: { received: number } };
  assert.deepEqual([chat.sessions.length, reconnects, ledger.received], [2, 0, 1]);
  assert.ok(sessions.every(({ phase }) => phase === 'registered'));
});
