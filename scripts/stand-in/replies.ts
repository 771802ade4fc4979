import { JOIN_NOTICES, type JoinNotice } from './chat-script.ts';
import { accountId } from './account-id.ts';

/**
 * What Twitch's chat server says, line by line and without line endings
 * (https://dev.twitch.tv/docs/chat/irc/, https://dev.twitch.tv/docs/chat/irc/#irc-tag-reference).
 */
const SERVER = 'tmi.twitch.tv';

export const CAPABILITIES: ReadonlySet<string> = new Set([
  'twitch.tv/commands',
  'twitch.tv/membership',
  'twitch.tv/tags',
]);

export const RECONNECT = `:${SERVER} RECONNECT`;

/** https://ircv3.net/specs/extensions/capability-negotiation#the-cap-ls-subcommand: some clients ask before they choose. */
export const CAPABILITY_LIST = `:${SERVER} CAP * LS :${[...CAPABILITIES].join(' ')}`;

export function capabilityReply(requested: readonly string[]): string {
  const verdict = requested.every((name) => CAPABILITIES.has(name)) ? 'ACK' : 'NAK';
  return `:${SERVER} CAP * ${verdict} :${requested.join(' ')}`;
}

export function welcome(login: string): readonly string[] {
  return [
    `:${SERVER} 001 ${login} :Welcome, GLHF!`,
    `:${SERVER} 002 ${login} :Your host is ${SERVER}`,
    `:${SERVER} 003 ${login} :This server is rather new`,
    `:${SERVER} 004 ${login} :-`,
    `:${SERVER} 375 ${login} :-`,
    `:${SERVER} 372 ${login} :You are in a maze of twisty passages, all alike.`,
    `:${SERVER} 376 ${login} :>`,
  ];
}

export function globalUserState(login: string): string {
  const identity = `color=;display-name=${login};emote-sets=0;user-id=${accountId(login)};user-type=`;
  return `@badge-info=;badges=;${identity} :${SERVER} GLOBALUSERSTATE`;
}

export function loginNotice(text: string): string {
  return `:${SERVER} NOTICE * :${text}`;
}

export function joinNotice(channel: string, msgId: JoinNotice): string {
  return `@msg-id=${msgId} :${SERVER} NOTICE #${channel} :${JOIN_NOTICES[msgId]}`;
}

export function joinEcho(login: string, channel: string): readonly string[] {
  return [
    `:${login}!${login}@${login}.${SERVER} JOIN #${channel}`,
    `:${login}.${SERVER} 353 ${login} = #${channel} :${login}`,
    `:${login}.${SERVER} 366 ${login} #${channel} :End of /NAMES list`,
  ];
}

export function partEcho(login: string, channel: string): string {
  return `:${login}!${login}@${login}.${SERVER} PART #${channel}`;
}

export function userState(login: string, channel: string): string {
  const tags = `badge-info=;badges=;color=;display-name=${login};emote-sets=0;mod=0;subscriber=0;user-type=`;
  return `@${tags} :${SERVER} USERSTATE #${channel}`;
}

export function roomState(channel: string): string {
  const tags = `emote-only=0;followers-only=-1;r9k=0;room-id=${accountId(channel)};slow=0;subs-only=0`;
  return `@${tags} :${SERVER} ROOMSTATE #${channel}`;
}

export function ping(token: string): string {
  return `PING :${token}`;
}

export function pong(token: string): string {
  return `:${SERVER} PONG ${SERVER} :${token}`;
}

const TAGS = /^@\S* /;
const NEEDS_COMMANDS =
  /^(?:@\S* )?:\S+ (?:CLEARCHAT|CLEARMSG|GLOBALUSERSTATE|RECONNECT|ROOMSTATE|USERNOTICE|USERSTATE)\b/;

/** What a client gets of a line: without the capability `tags` no tags, without `commands` no Twitch commands. */
export function asSeenWith(capabilities: ReadonlySet<string>, line: string): string | undefined {
  if (!capabilities.has('twitch.tv/commands') && NEEDS_COMMANDS.test(line)) return undefined;
  return capabilities.has('twitch.tv/tags') ? line : line.replace(TAGS, '');
}
