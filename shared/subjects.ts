/** Subjects on the bus. A prefix is empty or ends in a dot; it is checked once, by the configuration. */
export type Subjects = { readonly ingress: string; readonly deadLetter: string };

export function subjectsFor(prefix: string): Subjects {
  return { ingress: `${prefix}internal.ingress.v1`, deadLetter: `${prefix}internal.deadletter.v1` };
}

/** All that a prefix may be: dot-separated tokens of `[A-Za-z0-9_-]`, ending in a dot, or nothing. */
export function isSubjectPrefix(text: string): boolean {
  return /^(?:[A-Za-z0-9_-]+\.)*$/.test(text);
}

/** One subject that a message can be sent to: printable words between dots, without spaces or wildcards. */
export function isSubject(text: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(text) && /^[^.*>]+(?:\.[^.*>]+)*$/.test(text);
}
