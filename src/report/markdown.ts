import { fence, oneLine } from './escape.ts';

/** Blocks of Markdown. Cells are expected escaped; empty blocks vanish. */
export function blocks(parts: readonly (string | undefined)[]): string {
  return `${parts.filter((part) => part !== undefined && part !== '').join('\n\n')}\n`;
}

/** A table; columns named in `right` hold numbers. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, at) => (right.includes(at) ? '--:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** A block people open when they want it. `title` is HTML. */
export function fold(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`;
}

/** Commands to copy, each on its own line. */
export function shell(lines: readonly string[]): string {
  return fence(lines.map((line) => oneLine(line, 2000)).join('\n'), { language: 'sh', width: 2000 });
}
