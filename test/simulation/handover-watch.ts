import type { Journal } from './journal.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimSession } from './sim-session.ts';
import type { Client } from './sim-twitch.ts';

/** A handover that does not end by itself may be ended by us after so long. */
const OVERLAP_MS = 60_000;
/** Once it was decided that a connection may go, what happens to its successor comes too late. */
const RETIRING_MS = 22_000;

type Sessions = readonly SimSession[];

/** That nobody hangs up a healthy connection which alone reads a channel. */
export class HandoverWatch {
  readonly #clock: SimClock;
  readonly #journal: Journal;

  constructor(clock: SimClock, journal: Journal) {
    this.#clock = clock;
    this.#journal = journal;
  }

  /** We let go of a connection: whatever it read that is wanted has to be read by another one. */
  hungUp(session: SimSession, sessions: Sessions, client: Client): void {
    if (!session.isWell) return;
    const others = sessions.filter((other) => other !== session);
    const justNow = this.#clock.now() - RETIRING_MS;
    const alone = [...session.channels.present].filter(
      (channel) =>
        client.wants(channel) &&
        !session.channels.isJoinedTooLate(channel, justNow) &&
        !decidedBy(others, channel).some(isReading),
    );
    if (alone.length === 0) return;
    if (this.#isOverdue(session, others)) return this.#journal.count('chat: an overlap that time ended');
    for (const channel of alone) this.#leftAlone(channel, session, others);
  }

  /** Another one should have taken over, and had the time that it may take. */
  #isOverdue({ outgoingSince }: SimSession, others: Sessions): boolean {
    const since = this.#clock.now() - OVERLAP_MS;
    return (
      outgoingSince <= since && others.some((other) => isReading(other) && other.irc.registeredAt <= since)
    );
  }

  /** Its successor may have been lost when it was decided already. */
  #leftAlone(channel: string, { number }: SimSession, others: Sessions): void {
    const justNow = this.#clock.now() - RETIRING_MS;
    const hasLostSuccessor = decidedBy(others, channel).some(({ goneAt }) => goneAt > justNow);
    this.#journal.check(hasLostSuccessor, () => `hung up connection ${number}, which alone read ${channel}`);
    if (hasLostSuccessor) this.#journal.count('chat: a connection let go while its successor died');
  }
}

/** Those that read it, or were told that they may not. */
function decidedBy(sessions: Sessions, channel: string): Sessions {
  return sessions.filter(({ channels }) => channels.isDecided(channel));
}

function isReading({ client }: SimSession): boolean {
  return client === 'reading';
}
