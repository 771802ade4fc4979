const HEX_DIGITS = 8;
const REST = '-b0b0-4000-8000-000000000000';

/** The id of the message with that number: all ids of a run can be checked without keeping them. */
export function messageId(index: number): string {
  return index.toString(16).padStart(HEX_DIGITS, '0') + REST;
}

/** The number of a message; undefined: the id is not one of ours. */
export function indexOf(id: string): number | undefined {
  const index = Number.parseInt(id.slice(0, HEX_DIGITS), 16);
  return messageId(index) === id ? index : undefined;
}
