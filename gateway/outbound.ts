/** No service that we ask needs longer than this, and nobody should have to wait longer. */
const DEADLINES = { connectTimeout: 5_000, headersTimeout: 10_000, bodyTimeout: 10_000 };
/** The longest answer that makes sense is a secret of 64 KiB in base64. */
const MAX_ANSWER_BYTES = 256 * 1024;

let installed: Promise<void> | undefined;

/**
 * Gives every request of the global `fetch`, including those of other people's code, deadlines for connecting, for the
 * answer and between two parts of a body (undici keeps them to within a second), and limits the body. Without them an
 * answer may take five minutes, and fill the memory. Whoever sends requests calls this before the first one; undici is
 * loaded only then.
 */
export function limitOutbound(): Promise<void> {
  return (installed ??= install());
}

async function install(): Promise<void> {
  const { Agent, setGlobalDispatcher } = await import('undici');
  setGlobalDispatcher(new Agent({ ...DEADLINES, maxResponseSize: MAX_ANSWER_BYTES }));
}
