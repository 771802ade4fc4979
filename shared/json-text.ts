/** Whether nothing in a text has to be escaped in JSON: then neither has any piece of it. */
export function isPlainInJson(text: string): boolean {
  if (text.includes('"') || text.includes('\\') || !text.isWellFormed()) return false;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) < 0x20) return false;
  return true;
}

/** What of a text stands between the quotes. */
export function escapedInJson(text: string): string {
  return isPlainInJson(text) ? text : JSON.stringify(text).slice(1, -1);
}
