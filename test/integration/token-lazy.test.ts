import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';
import { test } from 'node:test';
import { systemClock } from '../../gateway/clock.ts';
import { startChatServer } from '../../scripts/stand-in/chat-server.ts';
import { FakeBus } from '../fakes/fake-bus.ts';

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    loaded.push(url);
    return next(url, context);
  },
});

const { runGateway } = await import('./running-gateway.ts');
const HEAVY = /@twurple|node_modules\/undici|google|\/sign-in\.ts|\/credentials/;

test('whoever reads anonymously loads nothing that deals with tokens; whoever has an account loads no Google client for a file', async () => {
  await using chat = await startChatServer();
  const env = { TWITCH_CHANNELS: 'alpha', TWITCH_IRC_URL: chat.url };
  {
    await using anonymous = await runGateway(env, new FakeBus(systemClock, 1).open);
    await chat.joined('alpha');
    assert.equal(anonymous.gateway.status().chat.identity, 'anonymous');
  }
  assert.deepEqual(
    loaded.filter((url) => HEAVY.test(url)),
    [],
  );
  await using running = await runGateway(
    { ...env, TWITCH_BOT_USERNAME: 'my_bot' },
    new FakeBus(systemClock, 1).open,
  );
  await running.until('a second look', () => running.gateway.status().chat.state === 'connected');
  assert.ok(loaded.some((url) => url.endsWith('/sign-in.ts')));
  assert.ok(!loaded.some((url) => /node_modules\/(?:@google-cloud|google-|@twurple)/.test(url)));
});
