import type { Degradation } from '../degradation.ts';
import type { ChannelStatus } from '../status.ts';

/**
 * What is not as it was wanted on the chat side, each with a sentence for the operator.
 *
 * @param complaint why chat is read anonymously although a login was wanted
 */
export function degradations(
  complaint: string | undefined,
  isRegistered: boolean,
  lastError: string | null,
  channels: readonly ChannelStatus[],
): Degradation[] {
  const found: Degradation[] = [];
  if (complaint) found.push({ code: 'anonymous', sentence: complaint });
  if (!isRegistered) found.push({ code: 'chat_down', sentence: downSentence(lastError) });
  const ghosts = channels.filter(({ state }) => state === 'refused');
  if (ghosts.length > 0) found.push({ code: 'ghost_channels', sentence: ghostSentence(ghosts) });
  return found;
}

function downSentence(lastError: string | null): string {
  return `no connection to Twitch chat${lastError === null ? ' yet' : `; the last one ended: ${lastError}`}`;
}

function ghostSentence(ghosts: readonly ChannelStatus[]): string {
  const names = ghosts.map(({ channel, reason }) => `${channel} (${reason})`).join(', ');
  return `not joined: ${names}; check the names, they are tried again slowly`;
}
