/**
 * The part of a review's body and the comments that are Muster's. People may write around it; only what is between
 * the markers is ever replaced. Pure; every forge uses it.
 */

const begin = '<!-- muster:begin -->';
const end = '<!-- muster:end -->';

/** GitHub refuses bodies above 65,536 code points (facts, GH 2.3). */
export const bodyLimit = 65_000;

const pointer = '\n\n*This text was cut at 65,000 characters. The rest is in the files of this review.*';

/** A body that consists of Muster's part alone. */
export function composeBody(text: string, version: number): string {
  return spliceBody('', text, version);
}

/** The version of the state that a body shows; `undefined` for a body without Muster's part. */
export function bodyVersion(body: string): number | undefined {
  const version = /<!-- muster:version (\d+) -->/.exec(findPart(body)?.text ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
}

/** Puts `text` where Muster's part of `body` is; at the end, when somebody took the markers away. */
export function spliceBody(body: string, text: string, version: number): string {
  const unix = body.replaceAll('\r\n', '\n'); // What GitHub's editor sends back.
  const part = findPart(unix);
  const before = part === undefined ? withGap(unix) : unix.slice(0, part.from);
  const after = part === undefined ? '' : unix.slice(part.to);
  const head = `${begin}\n<!-- muster:version ${version} -->\n`;
  const room = bodyLimit - lengthOf(before) - lengthOf(after) - lengthOf(head) - lengthOf(end) - 1;
  return `${before}${head}${cutText(disarm(text).trimEnd(), Math.max(room, lengthOf(pointer)))}\n${end}${after}`;
}

/** What an update should do to a review, from what is stored. */
export function decideUpdate(
  stored: { readonly state: 'open' | 'merged' | 'closed'; readonly title: string; readonly body: string },
  update: { readonly title: string; readonly body: string; readonly version: number },
):
  | { readonly outcome: 'closed' | 'stale' | 'unchanged' }
  | { readonly outcome: 'updated'; readonly title: string; readonly body: string } {
  if (stored.state === 'closed') return { outcome: 'closed' };
  if ((bodyVersion(stored.body) ?? -1) > update.version) return { outcome: 'stale' };
  const body = spliceBody(stored.body, update.body, update.version);
  if (stored.title === update.title && stored.body.replaceAll('\r\n', '\n') === body) {
    return { outcome: 'unchanged' };
  }
  return { outcome: 'updated', title: update.title, body };
}

/** A comment that `isComment` will find again. */
export function composeComment(marker: string, text: string): string {
  const head = `<!-- muster:comment ${marker} -->\n`;
  return `${head}${cutText(disarm(text), bodyLimit - lengthOf(head))}`;
}

export function isComment(marker: string, comment: string): boolean {
  return comment.startsWith(`<!-- muster:comment ${marker} -->`);
}

/**
 * The text, or as many of its whole lines as fit with a pointer to the rest. Code fences and folded sections that
 * the cut leaves open are closed, so that what follows is still shown as it should be.
 * @param limit Unicode code points.
 */
export function cutText(text: string, limit: number): string {
  if (lengthOf(text) <= limit) return text;
  const closing = '\n```\n\n</details>'.length;
  const room = limit - lengthOf(pointer) - closing * 4;
  const kept = Array.from(text).slice(0, Math.max(room, 0)).join('');
  const lines = kept.slice(0, Math.max(kept.lastIndexOf('\n'), 0));
  return `${lines === '' ? kept : lines}${openEnds(lines)}${pointer}`;
}

/**
 * Closes what the cut left open. A fence ends only with as many ticks as it began with: program output may hold
 * shorter ones, and folds that are no folds. At most four folds fit; deeper nesting is not something our reports write.
 */
function openEnds(text: string): string {
  let fence = '';
  let folds = 0;
  for (const line of text.split('\n')) {
    const ticks = /^`{3,}/.exec(line)?.[0];
    if (fence !== '')
      fence = ticks !== undefined && line.trim() === ticks && ticks.length >= fence.length ? '' : fence;
    else if (ticks !== undefined) fence = ticks;
    else folds += (line.match(/<details/g) ?? []).length - (line.match(/<\/details>/g) ?? []).length;
  }
  return `${fence === '' ? '' : `\n${fence}`}${'\n\n</details>'.repeat(Math.min(Math.max(folds, 0), 4))}`;
}

/** A marker inside the text would end Muster's part too early. */
const disarm = (text: string) => text.replaceAll('<!-- muster:', '<!-- muster ');

function findPart(
  body: string,
): { readonly from: number; readonly to: number; readonly text: string } | undefined {
  const from = body.indexOf(begin);
  const stop = body.indexOf(end, from);
  if (from < 0 || stop < 0) return undefined;
  const to = stop + end.length;
  return { from, to, text: body.slice(from, to) };
}

const withGap = (text: string) => (text.trim() === '' ? '' : `${text.trimEnd()}\n\n`);

function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
