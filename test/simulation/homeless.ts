import type { Book, Kept } from './book.ts';
import type { SimDisk } from './disk.ts';
import { DEAD_LETTERS, SPOOL } from './life.ts';
import type { SimServer } from './sim-server.ts';

type Places = { readonly disk: SimDisk; readonly server: SimServer; readonly book: Book };

/** What was taken over, may not be lost, and is now neither in a stream nor on the disk. */
export function homeless({ disk, server, book }: Places): readonly Kept[] {
  const stored = server.stream.generations.flatMap((messages) => messages.map(({ id }) => id));
  const homes = new Set([...stored, ...disk.idsIn(SPOOL), ...disk.idsIn(DEAD_LETTERS)].map(bare));
  return [...book.kept.values()].filter(({ id, isLost }) => !isLost && !homes.has(bare(id)));
}

/** Without what tells a message from its dead letter. */
function bare(id: string): string {
  return id.replace(/^(tw|dl):/, '');
}
