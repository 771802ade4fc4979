/** What could not be read in one line: `<tag or part>: <what was wrong>`, in the order found. */
export type Anomalies = string[];

/** Beyond this many the rest is only counted, so that a hostile line cannot make an envelope many times its own size. */
const MAX_LISTED = 256;

/** How many characters of an unreadable value are quoted; the whole is in `raw`. */
const MAX_SHOWN = 64;

export function note(anomalies: Anomalies, part: string, problem: string): void {
  anomalies.push(`${part}: ${problem}`);
}

/** An untrusted value as an anomaly shows it: cut short, and with control characters escaped as in JSON. */
export function shown(value: string): string {
  const escaped = JSON.stringify(value.slice(0, MAX_SHOWN).toWellFormed()).slice(1, -1);
  return value.length > MAX_SHOWN ? `${escaped}…` : escaped;
}

/** The anomalies as the envelope lists them: at most {@link MAX_LISTED}, then how many more there were. */
export function listed(anomalies: Anomalies): readonly string[] {
  const rest = anomalies.length - MAX_LISTED;
  return rest > 0 ? [...anomalies.slice(0, MAX_LISTED), `anomalies: ${rest} more are not listed`] : anomalies;
}
