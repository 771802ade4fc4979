/**
 * As much of the peers' types as the bench uses: the peers are installed only here, by `npm run bench`, and the project is
 * type-checked without them.
 */
declare module 'tmi.js' {
  export type Tags = Readonly<Record<string, unknown>>;
  const tmi: {
    readonly Client: new (options: object) => {
      on(event: 'message' | 'cheer', handler: (channel: string, tags: Tags, text: string) => void): void;
      connect(): Promise<unknown>;
    };
  };
  export default tmi;
}

declare module 'tmi.js/lib/parser.js' {
  const parser: { msg(line: string): object | null };
  export default parser;
}

declare module '@tmi.js/irc-parser' {
  export function parse(line: string): object;
}

declare module 'irc-message' {
  const ircMessage: { parse(line: string): object | null };
  export default ircMessage;
}

declare module 'ircv3' {
  export type KnownCommands = Map<string, unknown>;
  export const MessageTypes: { readonly all: KnownCommands };
  export function parseMessage(line: string, properties?: undefined, known?: KnownCommands): object;
}

declare module '@twurple/chat' {
  export class ChatUser {
    readonly userId: string;
    readonly userName: string;
    readonly displayName: string;
    readonly color: string | undefined;
    readonly badges: ReadonlyMap<string, string>;
    readonly badgeInfo: ReadonlyMap<string, string>;
    readonly isBroadcaster: boolean;
    readonly isMod: boolean;
    readonly isVip: boolean;
    readonly isSubscriber: boolean;
  }
  export class ChatMessage {
    readonly id: string;
    readonly date: Date;
    readonly text: string;
    readonly target: string;
    readonly channelId: string | null;
    readonly userInfo: ChatUser;
    readonly tags: ReadonlyMap<string, string>;
    readonly bits: number;
    readonly isFirst: boolean;
    readonly isReturningChatter: boolean;
    readonly emoteOffsets: ReadonlyMap<string, readonly string[]>;
    readonly parentMessageId: string | null;
    readonly parentMessageUserId: string | null;
    readonly parentMessageUserName: string | null;
    readonly parentMessageUserDisplayName: string | null;
    readonly parentMessageText: string | null;
    readonly threadMessageId: string | null;
  }
  type OnSaid = (channel: string, user: string, text: string, message: ChatMessage) => void;
  export class ChatClient {
    constructor(options: {
      readonly channels: readonly string[];
      readonly hostName: string;
      readonly ssl: boolean;
    });
    onMessage(handler: OnSaid): unknown;
    onAction(handler: OnSaid): unknown;
    connect(): void;
  }
}
