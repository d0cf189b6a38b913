/** Columns of the narrowest terminal that people have. */
const columns = 80;

/**
 * Words behind a head, in lines of at most 80 characters, those after the first indented as far as the head is wide. A
 * longer word, such as an ARN, and what stands between backticks stay whole, for they are copied.
 */
export function hanging(head: string, text: string): string[] {
  const indent = ' '.repeat(head.length);
  const lines: string[] = [];
  let line = '';
  for (const [word] of text.matchAll(/(?:`[^`]*`|[^\s`]|`)+/g)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && head.length + longer.length > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((one, at) => `${at === 0 ? head : indent}${one}`);
}
