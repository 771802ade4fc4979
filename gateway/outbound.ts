/** Longer than any of these a service that we ask does not need, and nobody should wait. */
const DEADLINES = { connectTimeout: 5_000, headersTimeout: 10_000, bodyTimeout: 10_000 };
/** The longest answer that makes sense is a secret of 64 KiB in base64. */
const MAX_ANSWER_BYTES = 256 * 1024;

let installed: Promise<void> | undefined;

/**
 * Gives every request of the global `fetch`, other people's code included, deadlines to connect, to be answered and
 * between two parts of a body (undici sees them to within a second), and the body a limit. Without them an answer may be
 * waited for for five minutes, and fill the memory. Whoever sends requests calls this before the first one; only then
 * undici is loaded.
 */
export function limitOutbound(): Promise<void> {
  return (installed ??= install());
}

async function install(): Promise<void> {
  const { Agent, setGlobalDispatcher } = await import('undici');
  setGlobalDispatcher(new Agent({ ...DEADLINES, maxResponseSize: MAX_ANSWER_BYTES }));
}
