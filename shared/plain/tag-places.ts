import { TAG_NAMES } from '../known-tags.ts';

export type TagName = (typeof TAG_NAMES)[number];

const SPACE = 0x20;
const SEMICOLON = 0x3b;
const ABSENT = -1;

/** Each as it comes before a value. */
const MARKS: readonly Uint8Array[] = TAG_NAMES.map((name) => Buffer.from(`${name}=`));

/** The place of a tag in `TAG_NAMES`. */
export function placeOf(name: TagName): number {
  return TAG_NAMES.indexOf(name);
}

/** Where in the bytes of a line the values of its tags are, by the places of their names. */
export class TagPlaces {
  readonly #starts = new Int32Array(TAG_NAMES.length);
  readonly #ends = new Int32Array(TAG_NAMES.length);

  /**
   * Finds the tags from a position on. Each name is compared at most once, however many tags there are.
   *
   * @returns where the space after them is; −1 if a tag is unknown or out of alphabetical order
   */
  read(bytes: Uint8Array, from: number, end: number): number {
    const [starts, ends] = [this.#starts, this.#ends];
    let place = 0;
    for (let at = from; ; at += 1) {
      for (; !isMarkAt(bytes, at, MARKS[place]); place += 1) {
        if (place === MARKS.length) return ABSENT;
        starts[place] = ABSENT;
      }
      at += MARKS[place]?.length ?? 0;
      starts[place] = at;
      let byte = bytes[at];
      while (byte !== SEMICOLON && byte !== SPACE) {
        if (++at >= end) return ABSENT;
        byte = bytes[at];
      }
      ends[place] = at;
      place += 1;
      if (byte === SPACE) {
        starts.fill(ABSENT, place);
        return at;
      }
    }
  }

  /** −1: it is absent. */
  start(place: number): number {
    return this.#starts[place] ?? ABSENT;
  }

  /** Meaningful only if there is a start. */
  end(place: number): number {
    return this.#ends[place] ?? ABSENT;
  }

  /** 0 if it is absent, too. */
  length(place: number): number {
    const start = this.start(place);
    return start < 0 ? 0 : this.end(place) - start;
  }
}

/** false after the last one. */
function isMarkAt(bytes: Uint8Array, at: number, mark: Uint8Array | undefined): boolean {
  if (!mark) return false;
  for (let index = 0; index < mark.length; index += 1) if (bytes[at + index] !== mark[index]) return false;
  return true;
}
