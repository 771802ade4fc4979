/** Members of an answer in JSON that may be anything: each is read as what it should be, or not at all. */
export type Answer = Readonly<Record<string, unknown>>;

/** Half a body, a list or a page is an answer without members. */
export function answerIn(body: string): Answer {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Answer) : {};
  } catch {
    return {};
  }
}

/** undefined when it is missing, empty or something else. */
export function textIn(answer: Answer, name: string): string | undefined {
  const value = answer[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** An empty list is left out by Twitch, or null. */
export function textsIn(answer: Answer, name: string): readonly string[] | undefined {
  const value = answer[name] ?? [];
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
}

/** Seconds from now; null: never, which is how some old tokens say it, with 0 or with nothing. */
export function secondsIn(answer: Answer, name: string): number | null {
  const value = answer[name];
  return typeof value === 'number' && value > 0 ? value : null;
}
