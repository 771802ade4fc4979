import assert from 'node:assert/strict';
import type { Gateway } from '../../../gateway/gateway.ts';
import { isBalanced } from '../../../gateway/ledger.ts';

const INTERVAL_MS = 5;

/** Looks at a gateway's books every 5 ms while it runs. */
export class LedgerWatch implements Disposable {
  readonly #gateway: Gateway;
  readonly #timer: NodeJS.Timeout;
  #looks = 0;
  #firstFault: string | undefined;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#timer = setInterval(() => this.#look(), INTERVAL_MS);
  }

  /** Every look so far, and one more now, found a ledger that was balanced and agreed with the queue. */
  assertBalanced(): void {
    this.#look();
    assert.equal(this.#firstFault, undefined);
    assert.ok(this.#looks > 1, 'the ledger was looked at');
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { ledger, queue } = this.#gateway.status();
    const { waiting, inFlight, spooled } = queue;
    this.#looks++;
    if (isBalanced(ledger) && waiting + inFlight + spooled === ledger.queued) return;
    this.#firstFault ??= `look ${this.#looks}: ${JSON.stringify({ ledger, queue })}`;
  }
}
