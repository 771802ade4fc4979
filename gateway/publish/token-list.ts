/**
 * An ordered list whose items are known by consecutive numbers, their tokens: push at the end, remove at the front,
 * look up by token, each in O(1) at any depth.
 */
export class TokenList<T> {
  #items: (T | undefined)[] = [];
  /** Index in `#items` of the first item; what is before it was removed and awaits compaction. */
  #offset = 0;
  #first = 0;

  /** Token of the first item; equals `end` when the list is empty. */
  get first(): number {
    return this.#first;
  }

  /** Token that the next item will get. */
  get end(): number {
    return this.#first + this.#items.length - this.#offset;
  }

  push(item: T): number {
    this.#items.push(item);
    return this.end - 1;
  }

  /** The item, or undefined when it was removed or never there. */
  get(token: number): T | undefined {
    return token < this.#first ? undefined : this.#items[this.#offset + token - this.#first];
  }

  removeFirst(): void {
    if (this.#first === this.end) return;
    this.#items[this.#offset++] = undefined;
    this.#first++;
    this.#compact();
  }

  /** Copies once for as many removals as there are items left: constant work per item. */
  #compact(): void {
    if (this.#offset < 1024 || this.#offset * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#offset);
    this.#offset = 0;
  }
}
