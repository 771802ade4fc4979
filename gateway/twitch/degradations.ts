import type { Degradation } from '../degradation.ts';
import { firstFew } from '../first-few.ts';
import type { WantedChannel } from './wanted-channel.ts';

/** How many channels a sentence names; the debug page names them all. */
const NAMED_CHANNELS = 20;

/**
 * What is not as wanted on the chat side, each with a sentence for the operator.
 *
 * @param complaint why chat is read anonymously although a login was wanted
 */
export function degradations(
  complaint: string | undefined,
  { needed, registered }: { readonly needed: number; readonly registered: number },
  lastError: string | null,
  channels: Iterable<WantedChannel>,
): Degradation[] {
  const found: Degradation[] = [];
  if (complaint) found.push({ code: 'anonymous', sentence: complaint });
  if (registered < needed)
    found.push({ code: 'chat_down', sentence: downSentence(needed, registered, lastError) });
  const ghosts = Array.from(channels).filter(({ state }) => state === 'refused');
  if (ghosts.length > 0) found.push({ code: 'ghost_channels', sentence: ghostSentence(ghosts) });
  return found;
}

function downSentence(needed: number, registered: number, lastError: string | null): string {
  const count = registered === 0 ? 'no connection' : `only ${registered} of ${needed} connections`;
  return `${count} to Twitch chat${lastError === null ? ' yet' : `; the last one that ended: ${lastError}`}`;
}

function ghostSentence(ghosts: readonly WantedChannel[]): string {
  const names = ghosts.map(({ name, reason }) => `${name} (${reason})`);
  return `not joined: ${firstFew(names, NAMED_CHANNELS)}; check the names, they are tried again slowly`;
}
