import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readStored } from '../../gateway/bus/embedded-reader.ts';
import { systemClock } from '../../gateway/clock.ts';
import { startChatServer } from '../../scripts/stand-in/chat-server.ts';
import { seededRandom } from '../../scripts/stand-in/seeded-random.ts';
import { nodeMain, temporaryDirectory } from './gateway-process.ts';

const idsIn = async (dataDir: string): Promise<string[]> => {
  const ids: string[] = [];
  const { signal } = new AbortController();
  const options = {
    dataDir,
    subject: 'internal.ingress.v1',
    from: 'start',
    follow: false,
    clock: systemClock,
    signal,
  } as const;
  for await (const { body } of readStored(options))
    ids.push((JSON.parse(Buffer.from(body).toString()) as { id: string }).id);
  return ids;
};

test('kill -9 at any moment loses no message that the debug page had counted as published', async () => {
  const random = seededRandom(42);
  await using chat = await startChatServer();
  await using directory = await temporaryDirectory();
  let said = 0;
  let counted = 0;
  for (let round = 0; round < 4; round++) {
    await using gateway = nodeMain({
      TWITCH_CHANNELS: 'alpha',
      TWITCH_IRC_URL: chat.url,
      PORT: '0',
      DATA_DIR: directory.path,
    });
    const url = await gateway.url();
    const session = await chat.waitFor('the gateway of this round', () =>
      chat.registered.find((one) => one.channels.has('alpha')),
    );
    const until = counted + 200 + Math.floor(random() * 800);
    const before = counted;
    while (counted < until) {
      const burst = 1 + Math.floor(random() * 50);
      session.say(
        ...Array.from({ length: burst }, () => `@id=m-${said++} :ada!ada@ada PRIVMSG #alpha :hello`),
      );
      const { ledger } = (await (await fetch(`${url}/_debug/twitch`)).json()) as {
        ledger: { published: number };
      };
      counted = before + ledger.published;
    }
    gateway.signalGroup('SIGKILL');
    await gateway.ended();
    await chat.waitFor('the session to end', () => session.phase === 'ended');
    const stored = await idsIn(directory.path);
    assert.ok(stored.length >= counted, `${counted} counted, ${stored.length} stored`);
    assert.equal(new Set(stored).size, stored.length);
    const numbers = stored.map((id) => Number(id.slice(2)));
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
      'in the order said',
    );
    counted = stored.length;
  }
});
