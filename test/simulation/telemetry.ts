import type { Telemetry } from '../../gateway/telemetry.ts';
import type { ChatEvents } from '../../gateway/twitch/chat-events.ts';
import type { Life } from './life.ts';
import { FULL } from './sim-irc.ts';
import type { World } from './world.ts';

/** How long a JOIN must be left unanswered before it counts as refused. */
const ANSWER_MS = 10_000;

function ignore(): void {}

/** What a process tells of itself, taken down and held against what is known of the world. */
export function listen(life: Life, world: World): Pick<Telemetry, 'bus' | 'chat' | 'queue' | 'deadLetters'> {
  const { journal, server } = world;
  return {
    chat: chatEvents(world),
    bus: { stateChanged: (state) => journal.note(`bus ${state}`), warning: ignore },
    queue: {
      publishFailed({ messageId, kind, retryInMs }) {
        journal.note(`publish of ${messageId} failed: ${kind}, again in ${retryInMs}`);
        life.watch.failed(messageId, kind, world.clock.now());
      },
      stored: ignore,
      stillLooking: ignore,
      dropped(reason, count) {
        journal.count(`dropped: ${reason}`, count);
        life.told.lost(reason, count);
        if (reason === 'spool_full') life.lostForRoom(count);
      },
      reordered(count) {
        journal.count('bus: stored out of order', count);
        life.reordered += count;
      },
      spoolFailed() {
        life.diskFailed = true;
        journal.note('the spool failed');
      },
      spoolSetAside: ignore,
    },
    deadLetters: {
      kept({ reason, queued }) {
        journal.count(`dead letter: ${reason}`);
        life.told.lost(reason, 1);
        const { messageId, body } = queued.message;
        world.contents.buried(messageId, body, reason);
        if (reason === 'unknown_error') life.watch.gaveUp(messageId, world.plan.maxRetries);
        const kept = world.book.kept.get(messageId);
        if (kept) kept.isDead = true;
      },
      notKept: () => journal.count('dead letter: not kept'),
      retrying: () => journal.count('dead letter: waits for the bus'),
      staysLocal(messageId) {
        life.staysLocal.add(messageId);
        journal.count('dead letter: stays local');
        journal.check(server.unknownErrors.has(messageId), () => `${messageId} stays local for no reason`);
      },
    },
  };
}

function chatEvents(world: World): ChatEvents {
  const { journal, book, clock, twitch } = world;
  let refusedToken: string | undefined;
  return {
    connectionOpened: (identity) => journal.note(`connecting as ${identity}`),
    connectionRegistered: (identity) => journal.note(`connected as ${identity}`),
    connectionOutgoing: (why) => journal.count(`chat: replaces a connection, ${why}`),
    connectionEnded(ending, detail) {
      journal.note(`ended ${ending}: ${detail}`);
      journal.count(`connection ended: ${ending}`);
    },
    loginRefused() {
      journal.check(world.token !== refusedToken, () => `the refusal of ${refusedToken} is told twice`);
      refusedToken = world.token;
    },
    channelJoined(channel) {
      journal.note(`joined ${channel}`);
      book.decided(channel);
      twitch.reading.startsOver(channel);
      book.unread(channel).close('not joined yet', clock.now());
    },
    channelRefused(channel, refusal, retryInMs) {
      journal.note(`refused ${channel}: ${refusal}, again in ${retryInMs}`);
      journal.count(`channel refused: ${refusal}`);
      const waitedMs = clock.now() - book.askedAt(channel);
      journal.check(
        refusal !== 'no_answer' || waitedMs >= ANSWER_MS,
        () => `${channel} counts as refused ${waitedMs} ms after its JOIN`,
      );
      book.decided(channel);
      twitch.reading.refused(channel, refusal, retryInMs);
    },
    channelLeftFirst: (channel) => journal.note(`leaves ${channel} first`),
    gapClosed(channel, { from, to, reason }) {
      const start = clock.date() - clock.now();
      const [begin, end] = [from - start, to - start];
      journal.note(`gap in ${channel}: ${begin} to ${end}, ${reason}`);
      journal.count('chat: a gap was told');
      if (reason === FULL) journal.count('chat: a gap was told, for want of room');
      twitch.reading.gap(channel, begin, end);
      twitch.truth.gap(channel, begin, end, Math.max(book.slackAt(begin), book.slackAt(end)));
      book.unread(channel).add(begin, end);
    },
    lineIgnored: ignore,
    roundTrip: ignore,
  };
}
