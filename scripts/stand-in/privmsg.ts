import { accountId } from './account-id.ts';
import { emotesTag } from './emotes.ts';

/** Who says something, as they appear in one channel. */
export type Speaker = {
  readonly login: string;
  readonly displayName: string;
  /** `#RRGGBB`; "" when unset. */
  readonly color: string;
  /** As in the tags of these names, e.g. `moderator/1,subscriber/12` and `subscriber/14`. */
  readonly badges: string;
  readonly badgeInfo: string;
};

export type Privmsg = {
  readonly channel: string;
  readonly speaker: Speaker;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  readonly text: string;
  readonly isAction: boolean;
  /** Beyond those that every line has, or instead of them. */
  readonly tags: Readonly<Record<string, string>>;
};

/** One line of chat as Twitch sends it to a client with the capability `tags`, without its ending. */
export function privmsg(message: Privmsg): string {
  const { channel, speaker, text, isAction } = message;
  const tags = Object.entries({ ...usualTags(message), ...message.tags })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${escapeValue(value)}`);
  const { login } = speaker;
  const said = isAction ? `\u0001ACTION ${text}\u0001` : text;
  return `@${tags.join(';')} :${login}!${login}@${login}.tmi.twitch.tv PRIVMSG #${channel} :${said}`;
}

/** https://dev.twitch.tv/docs/chat/irc/#privmsg-tags */
function usualTags({ channel, speaker, id, sentAt, text }: Privmsg): Record<string, string> {
  const wears = (badge: string): boolean =>
    speaker.badges.split(',').some((worn) => worn.startsWith(`${badge}/`));
  return {
    'badge-info': speaker.badgeInfo,
    badges: speaker.badges,
    color: speaker.color,
    'display-name': speaker.displayName,
    emotes: emotesTag(text),
    'first-msg': '0',
    flags: '',
    id,
    mod: wears('moderator') ? '1' : '0',
    'returning-chatter': '0',
    'room-id': accountId(channel),
    subscriber: wears('subscriber') ? '1' : '0',
    'tmi-sent-ts': String(sentAt),
    turbo: wears('turbo') ? '1' : '0',
    'user-id': accountId(speaker.login),
    'user-type': wears('moderator') ? 'mod' : '',
    ...(wears('vip') ? { vip: '1' } : {}),
  };
}

const ESCAPES: Readonly<Record<string, string>> = { ';': '\\:', ' ': '\\s', '\\': '\\\\' };

/** https://ircv3.net/specs/extensions/message-tags#escaping-values; none of our texts has a line ending. */
function escapeValue(value: string): string {
  return value.replace(/[; \\]/g, (character) => ESCAPES[character] ?? character);
}
