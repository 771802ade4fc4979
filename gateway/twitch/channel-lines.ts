/** An IRC line has at most 512 bytes, CR LF included (RFC 2812, 2.3). */
const MAX_LINE_LENGTH = 510;

/** Lines with this command for these channels (logins, so ASCII), as few as the length of a line permits. */
export function channelLines(command: 'JOIN' | 'PART', channels: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const channel of channels) {
    const longer = `${lines.at(-1)},#${channel}`;
    if (lines.length > 0 && longer.length <= MAX_LINE_LENGTH) lines[lines.length - 1] = longer;
    else lines.push(`${command} #${channel}`);
  }
  return lines;
}
