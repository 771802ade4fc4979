import type { LedgerSnapshot } from '../gateway/ledger.ts';

/** The ledger as the equation that it is. */
export function ledgerLine(ledger: LedgerSnapshot): string {
  const { received, recovered, published, duplicates, queued, deadLettered, dropped } = ledger;
  return (
    `received ${received} + recovered ${recovered} = published ${published} + duplicates ${duplicates}` +
    ` + queued ${queued} + deadLettered ${deadLettered} + dropped ${dropped}`
  );
}
