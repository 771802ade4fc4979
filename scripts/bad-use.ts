/** A command was given arguments or settings that it cannot use; the message is for whoever typed them. */
export class BadUse extends Error {}
