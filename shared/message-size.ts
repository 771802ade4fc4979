const utf8 = new TextEncoder();

/** Bytes of a message's body and headers; each header as on the wire, `name: value` and a line ending. */
export function messageSize(message: {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}): number {
  let bytes = message.body.byteLength;
  for (const name in message.headers) bytes += name.length + utf8Length(message.headers[name] ?? '') + 4;
  return bytes;
}

/** Headers are usually ASCII, and then their length is their size. */
function utf8Length(text: string): number {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return utf8.encode(text).length;
  }
  return text.length;
}
