/**
 * The tags of a chat line, in alphabetical order, as Twitch sends them: https://dev.twitch.tv/docs/chat/irc/#privmsg-tags.
 * A tag that is not listed is still read, only more slowly.
 */
export const TAG_NAMES = [
  'badge-info',
  'badges',
  'bits',
  'client-nonce',
  'color',
  'custom-reward-id',
  'display-name',
  'emote-only',
  'emotes',
  'first-msg',
  'flags',
  'id',
  'mod',
  'msg-id',
  'reply-parent-display-name',
  'reply-parent-msg-body',
  'reply-parent-msg-id',
  'reply-parent-user-id',
  'reply-parent-user-login',
  'reply-thread-parent-display-name',
  'reply-thread-parent-msg-id',
  'reply-thread-parent-user-id',
  'reply-thread-parent-user-login',
  'returning-chatter',
  'room-id',
  'source-badge-info',
  'source-badges',
  'source-id',
  'source-only',
  'source-room-id',
  'subscriber',
  'tmi-sent-ts',
  'turbo',
  'user-id',
  'user-type',
  'vip',
] as const;

const PLACES: ReadonlyMap<string, number> = new Map(TAG_NAMES.map((name, place) => [name, place]));

/** Each as it comes before a value. */
const MARKS = TAG_NAMES.map((name) => `${name}=`);

/**
 * Tags that are all known, in order: a list of values costs half as much as a Map, which would have to hash the same
 * names again for each line.
 */
export class KnownTags implements ReadonlyMap<string, string> {
  /** By the position of the name in `TAG_NAMES`; undefined: absent. */
  readonly #values: readonly (string | undefined)[];
  readonly size: number;

  private constructor(values: readonly (string | undefined)[], size: number) {
    this.#values = values;
    this.size = size;
  }

  /**
   * Reads `name=value;name=value` between two positions of a line, comparing each name at most once, however many tags
   * there are.
   *
   * @param unescape what a value with a backslash means
   * @returns undefined if there are no tags, or if a name is unknown or out of alphabetical order
   */
  static read(
    line: string,
    start: number,
    end: number,
    unescape: (value: string) => string,
  ): KnownTags | undefined {
    const values: (string | undefined)[] = [];
    let size = 0;
    let backslash = line.indexOf('\\', start);
    for (let from = start; from < end; size += 1) {
      const mark = nextMark(line, from, values);
      if (mark === undefined) return undefined;
      const valueStart = from + mark.length;
      const semicolon = line.indexOf(';', valueStart);
      const to = semicolon < 0 || semicolon > end ? end : semicolon;
      if (backslash >= 0 && backslash < valueStart) backslash = line.indexOf('\\', valueStart);
      const value = line.slice(valueStart, to);
      values.push(backslash >= 0 && backslash < to ? unescape(value) : value);
      from = to + 1;
    }
    return size === 0 ? undefined : new KnownTags(values, size);
  }

  get(name: string): string | undefined {
    const place = PLACES.get(name);
    return place === undefined ? undefined : this.#values[place];
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  forEach(callback: (value: string, name: string, tags: ReadonlyMap<string, string>) => void): void {
    for (const [name, value] of this) callback(value, name, this);
  }

  *entries(): MapIterator<[string, string]> {
    for (const [place, value] of this.#values.entries()) {
      const name = TAG_NAMES[place];
      if (name !== undefined && value !== undefined) yield [name, value];
    }
    return undefined;
  }

  *keys(): MapIterator<string> {
    for (const [name] of this) yield name;
    return undefined;
  }

  *values(): MapIterator<string> {
    for (const [, value] of this) yield value;
    return undefined;
  }

  [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }
}

/** The known mark at a position; those that it skips are absent. */
function nextMark(line: string, from: number, values: (string | undefined)[]): string | undefined {
  for (;;) {
    const mark = MARKS[values.length];
    if (mark === undefined || line.startsWith(mark, from)) return mark;
    values.push(undefined);
  }
}
