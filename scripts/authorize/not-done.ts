/** What was asked for could not be done, or a person must act; the message says what and how. */
export class NotDone extends Error {}
