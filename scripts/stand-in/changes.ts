type Wait = { readonly look: () => void; readonly abandon: (reason: string) => void };

/**
 * Waiting without sleeping: whoever changes the state says so, and every waiting condition is checked again.
 * Nothing is polled; the deadline only turns a test that would hang into one that says what it was waiting for.
 */
export class Changes {
  readonly #waits = new Set<Wait>();

  changed(): void {
    for (const { look } of this.#waits) look();
  }

  /** Nothing will change any more: whoever is still waiting is told so. */
  end(): void {
    for (const { abandon } of this.#waits) abandon('nothing more will happen');
  }

  /**
   * Resolves with the first value of `look` that is neither undefined nor false.
   * Rejects with what `look` throws, or after `deadlineMs` with an error that names `what`.
   */
  until<T>(what: string, look: () => T | undefined | false, deadlineMs = 20_000): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const settle = (answer: () => void): void => {
      clearTimeout(timer);
      this.#waits.delete(wait);
      answer();
    };
    const wait: Wait = {
      look: () => {
        try {
          const found = look();
          if (found !== undefined && found !== false) settle(() => resolve(found));
        } catch (error) {
          settle(() => reject(error));
        }
      },
      abandon: (reason) => settle(() => reject(new Error(`waiting for ${what}: ${reason}`))),
    };
    const timer = setTimeout(() => wait.abandon(`not within ${deadlineMs} ms`), deadlineMs);
    this.#waits.add(wait);
    wait.look();
    return promise;
  }
}
