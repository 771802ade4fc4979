/** A command was given arguments or settings that it cannot use; the message says so to whoever typed them. */
export class BadUse extends Error {}
