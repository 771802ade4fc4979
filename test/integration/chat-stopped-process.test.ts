import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startChatServer, type ChatServer } from '../../scripts/stand-in/chat-server.ts';
import type { ChatSession } from '../../scripts/stand-in/chat-session.ts';
import { pong } from '../../scripts/stand-in/replies.ts';
import { nodeMain, temporaryDirectory, type GatewayProcess } from './gateway-process.ts';

const CHANNELS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'];
const STOPPED_MS = 8_000;
/** How long the answer to a login may take. */
const LOGIN_MS = 10_000;

/** How long a PONG may take is shorter than the stop, always. */
const DEADLINES = [
  { IRC_IDLE_PING_MS: '5000', IRC_PONG_TIMEOUT_MS: '5000' },
  { IRC_IDLE_PING_MS: '500', IRC_PONG_TIMEOUT_MS: '4000' },
];

type Page = { readonly reconnects: number; readonly ledger: { readonly received: number } };

function sessionsOf(chat: ChatServer): Promise<readonly ChatSession[]> {
  return Promise.all(CHANNELS.map((channel) => chat.joined(channel)));
}

async function page(gateway: GatewayProcess): Promise<Page> {
  return (await (await fetch(`${await gateway.url()}/_debug/twitch`)).json()) as Page;
}

describe('a process that stands still', { concurrency: true }, () => {
  for (const deadlines of DEADLINES) {
    const patience = Object.values(deadlines).join(' + ');
    test(`stopped for 8 s, with ${patience} ms of patience, keeps its connections and what they brought`, async () => {
      await using chat = await startChatServer();
      chat.script.mute = 'pongs';
      await using directory = await temporaryDirectory();
      await using gateway = nodeMain({
        ...deadlines,
        TWITCH_CHANNELS: CHANNELS.join(),
        TWITCH_IRC_URL: chat.url,
        IRC_CHANNELS_PER_CONNECTION: '1',
        PORT: '0',
        DATA_DIR: directory.path,
      });
      const sessions = await sessionsOf(chat);
      await chat.waitFor('a PING on each connection', () =>
        sessions.every(({ heard }) => heard.some(({ line }) => line.startsWith('PING'))),
      );
      gateway.child.kill('SIGSTOP');
      for (const session of sessions) session.say(pong('tmi.twitch.tv'));
      chat.script.mute = 'nothing';
      chat.deliver(...CHANNELS.map((channel) => `@id=early-${channel} :ada!ada@ada PRIVMSG #${channel} :hi`));
      await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
      chat.deliver(...CHANNELS.map((channel) => `@id=late-${channel} :ada!ada@ada PRIVMSG #${channel} :hi`));
      gateway.child.kill('SIGCONT');
      await Promise.all(sessions.map((session) => session.roundTrip()));
      const { reconnects, ledger } = await page(gateway);
      assert.deepEqual([chat.sessions.length, reconnects, ledger.received], [5, 0, 10]);
      assert.ok(sessions.every(({ phase }) => phase === 'registered'));
    });
  }

  test('stopped for longer than a login may take believes the answer that came meanwhile', async () => {
    await using chat = await startChatServer();
    await using directory = await temporaryDirectory();
    chat.script.mute = 'everything';
    await using gateway = nodeMain({
      TWITCH_CHANNELS: 'alpha',
      TWITCH_IRC_URL: chat.url,
      PORT: '0',
      DATA_DIR: directory.path,
    });
    const session = await chat.waitFor('the login', () =>
      chat.sessions.find(({ heard }) => heard.some(({ line }) => line.startsWith('NICK'))),
    );
    gateway.child.kill('SIGSTOP');
    session.frame(':tmi.twitch.tv 001 justinfan1 :Welcome, GLHF!\r\n');
    await new Promise((resolve) => setTimeout(resolve, LOGIN_MS + 500));
    chat.script.mute = 'nothing';
    gateway.child.kill('SIGCONT');
    await chat.waitFor('the JOIN', () => session.heard.some(({ line }) => line === 'JOIN #alpha'));
    assert.equal(chat.sessions.length, 1);
    assert.equal((await page(gateway)).reconnects, 0);
  });
});
