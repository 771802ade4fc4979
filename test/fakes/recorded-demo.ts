import assert from 'node:assert/strict';
import { systemClock } from '../../gateway/clock.ts';
import { Recorder } from '../../gateway/recording/recorder.ts';
import { LIVELY_CHANNELS, livelyChat } from '../../scripts/stand-in/lively-chat.ts';
import { toEnvelope } from '../../shared/envelope.ts';
import { parseMessage } from '../../shared/tmi-parser.ts';

export type RecordedDemo = {
  /** The bodies of the envelopes that the bridge makes of it, in order. */
  readonly expected: readonly string[];
  /** How many of the lines are none of chat. */
  readonly ignored: number;
};

const START = Date.UTC(2026, 10, 23, 10, 15, 30, 123);
const GREETINGS = [':tmi.twitch.tv 001 justinfan1 :Welcome, GLHF!', ':tmi.twitch.tv PONG tmi.twitch.tv :1'];

/** A round of the demo's chat, recorded as two connections received it while one took over from the other. */
export async function recordedDemo(directory: string): Promise<RecordedDemo> {
  const events = { failed: assert.ifError, lost: (lines: number) => assert.fail(`${lines} lines are lost`) };
  const recorder = new Recorder({ directory, maxBytes: 1e9, clock: systemClock, events });
  for (const [index, line] of GREETINGS.entries()) recorder.record(line, false, START, index + 1);
  const expected: string[] = [];
  let receivedAt = START;
  for (const { line, pauseMs } of livelyChat({
    seed: 5,
    round: 0,
    channels: LIVELY_CHANNELS,
    now: () => START,
  })) {
    const message = parseMessage(line);
    assert.ok(message);
    recorder.record(line, false, receivedAt, 1);
    if (expected.length > 100) recorder.record(line, false, receivedAt + 3, 2);
    const chatLine = { message, line, replacedBytes: false, receivedAt };
    expected.push(JSON.stringify(toEnvelope(chatLine, 'internal.finalizer.v1')));
    receivedAt += pauseMs;
  }
  await recorder.stop(10_000);
  return { expected, ignored: GREETINGS.length };
}
