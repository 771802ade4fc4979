import type { Privmsg, Speaker } from './privmsg.ts';
import { replyTags } from './reply-tags.ts';
import { HOST, type Remark, type Scene } from './scenes/scene.ts';
import { inSharedChat } from './shared-chat.ts';

/** What makes two performances of one scene differ. */
export type Chance = {
  readonly nextId: () => string;
  /** The `client-nonce` of a message; undefined: sent by a client that makes none. */
  readonly nextNonce: () => string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/** A message and the first one of its thread; on its own it is both. */
type Said = { readonly message: Privmsg; readonly thread: Privmsg };

/** One scene, played once in one channel. */
export class Stage {
  readonly #channel: string;
  readonly #neighbour: string | undefined;
  readonly #scene: Scene;
  readonly #chance: Chance;
  /** What each member of the cast said last, and can be replied to. */
  readonly #latest = new Map<string, Said>();
  #made = 0;

  /** @param neighbour the channel with which this one shares its chat at times */
  constructor(channel: string, neighbour: string | undefined, scene: Scene, chance: Chance) {
    this.#channel = channel;
    this.#neighbour = neighbour;
    this.#scene = scene;
    this.#chance = chance;
  }

  /** How many remarks are still to be made. */
  get remaining(): number {
    return this.#scene.remarks.length - this.#made;
  }

  /** The next remark: two messages when it is shared with the neighbour, none when the scene is over. */
  next(): readonly Privmsg[] {
    const remark = this.#scene.remarks[this.#made++];
    if (!remark) return [];
    const said = this.#say(remark);
    this.#latest.set(remark.by, said);
    if (!remark.isShared || this.#neighbour === undefined) return [said.message];
    return inSharedChat(said.message, this.#neighbour, this.#chance.nextId());
  }

  #say(remark: Remark): Said {
    const parent = this.#latest.get(remark.replyTo ?? '');
    const nonce = this.#chance.nextNonce();
    const message: Privmsg = {
      channel: this.#channel,
      speaker: this.#speaker(remark.by),
      id: this.#chance.nextId(),
      sentAt: this.#chance.now(),
      text: parent ? `@${parent.message.speaker.displayName} ${remark.text}` : remark.text,
      isAction: remark.isAction === true,
      tags: {
        ...(nonce === undefined ? {} : { 'client-nonce': nonce }),
        ...(parent ? replyTags(parent.message, parent.thread) : {}),
        ...remark.tags,
      },
    };
    return { message, thread: parent?.thread ?? message };
  }

  #speaker(name: string): Speaker {
    if (name === HOST) return broadcaster(this.#channel);
    const { displayName = name, color = '', badges = '', badgeInfo = '' } = this.#scene.cast[name] ?? {};
    return { login: name, displayName, color, badges, badgeInfo };
  }
}

function broadcaster(channel: string): Speaker {
  return {
    login: channel,
    displayName: channel,
    color: '#DAA520',
    badges: 'broadcaster/1,subscriber/3000',
    badgeInfo: 'subscriber/38',
  };
}
