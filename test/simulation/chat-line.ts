import type { ChatLine } from '../../shared/envelope.ts';
import type { Saying } from './plan.ts';

/** More than the bus takes in one message. */
export const MAX_PAYLOAD = 9_000;

const WORDS = 'Grüße 😀 from the harbour, 25 of them; \\o/ ';

/** A line of chat. Its key stands in the text as well: not every line has an id. @param sentAt milliseconds since 1970 */
export function chatLine(
  key: string,
  { channel, kind }: Pick<Saying, 'channel' | 'kind'>,
  sentAt: number,
): string {
  const id = kind === 'unnamed' ? '' : `id=${idFor(key)};`;
  const tags = `badges=vip/1;display-name=Änn;emotes=;${id}mod=0;room-id=7;tmi-sent-ts=${sentAt};user-id=42`;
  return `@${tags} :ann!ann@ann.tmi.twitch.tv PRIVMSG #${channel} :~${key}~${kind}~ ${WORDS.repeat(repeats(kind))}`;
}

/** Every other line has a UUID, as on Twitch, and is read as nearly all are; the rest is out of the ordinary. */
function idFor(key: string): string {
  const number = Number(key.slice(1));
  return number % 2 === 0 ? `885196de-cb67-427a-baa8-${String(number).padStart(12, '0')}` : key;
}

function repeats(kind: Saying['kind']): number {
  if (kind === 'too_large') return MAX_PAYLOAD / 40;
  return kind === 'long' ? 40 : 1;
}

export function keyOf({ line }: ChatLine): string {
  return / :~(\w+)~/.exec(line)?.[1] ?? '';
}

/** What is wrong with a stored or published body, if the bus should find it so. */
export function kindOfBody(body: Uint8Array): string {
  return (
    /"text":"~\w+~(\w+)~/.exec(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString())?.[1] ??
    ''
  );
}
