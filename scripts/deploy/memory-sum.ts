const MIB = 1024 * 1024;

/** Node, the code and its connections. An idle gateway has 110 on NATS, and 135 with Firestore. */
const PROCESS_MIB = 192;

/** Byte limits count what is serialised; each message also has an object around it. */
const QUEUE_FACTOR = 2;

/** The most that DATA_DIR holds without a spool: dead letters, in files that may be twice the size of their contents. */
const DEAD_LETTERS_MIB = 2 * 256;

/** What one CPU may have: https://cloud.google.com/run/docs/configuring/services/memory-limits */
const SIZES_MIB = [512, 1024, 2048, 4096] as const;

/** `size`: for `--memory`; undefined: more than one CPU may have. */
export type MemorySum = { readonly size: string | undefined; readonly words: string };

/** What an instance needs in the worst case, and the smallest size that has it. */
export function memorySum(queueMaxBytes: number): MemorySum {
  const queueMib = Math.ceil((queueMaxBytes * QUEUE_FACTOR) / MIB);
  const sumMib = PROCESS_MIB + queueMib + DEAD_LETTERS_MIB;
  const size = SIZES_MIB.find((mib) => mib >= sumMib);
  return {
    size: size === undefined ? undefined : size < 1024 ? `${size}Mi` : `${size / 1024}Gi`,
    words:
      `${PROCESS_MIB} MiB process + ${queueMib} MiB queue (${QUEUE_FACTOR} × QUEUE_MAX_BYTES) + ` +
      `${DEAD_LETTERS_MIB} MiB dead letters on the disk, which is memory = ${sumMib} MiB`,
  };
}
