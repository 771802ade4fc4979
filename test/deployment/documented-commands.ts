const FENCE = /^```\w*\n(.*?)^```/gms;
const INLINE = /`(gcloud [^`]+)`/g;

/** Every gcloud command in a Markdown text, a line each: in fenced blocks, and between backticks. */
export function commandsIn(markdown: string): string[] {
  const fenced = [...markdown.matchAll(FENCE)].flatMap(([, block = '']) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .split('\n')
      .flatMap((line) => /(?:^|\| )(gcloud [^#]+)/.exec(line)?.[1]?.trim() ?? []),
  );
  const inline = [...markdown.replaceAll(FENCE, '').matchAll(INLINE)].map(([, command = '']) => command);
  return [...fenced, ...inline.map((command) => command.replaceAll(/\s+/g, ' '))];
}
