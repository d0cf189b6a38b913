/**
 * Foreign text (labels, program output, messages, host names) on its way into Markdown, HTML, terminals and SVG.
 * GitHub acts on mentions, references, commit hashes and addresses in plain text even when they are
 * backslash-escaped, but never inside code: prefer `code` for names and `fence` for output.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escape sequences start with one
const terminalSequence = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g;
/** Bidirectional overrides, zero-width characters, tags: text that does not read as it is. */
const invisible =
  /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
const replacement = '\ufffd';
/** Breaks a word for the machines that look for one, invisibly for people. */
const wordBreak = '\u200b';

/** Safe in XML and honest to the eye: no control, bidirectional or zero-width characters; `\n` ends lines. */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(terminalSequence, '')
    .replace(/\r\n?|\u2028|\u2029|\u0085/g, '\n')
    .replace(control, replacement)
    .replace(invisible, replacement);
}

/** On one line, at most `max` characters, the cut marked. */
export function oneLine(text: string, max = 200): string {
  return shorten(clean(text).replace(/\s+/g, ' ').trim(), max);
}

/** At most `max` characters, the last of them an ellipsis when something was cut. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text
    .slice(0, Math.max(1, max - 1))
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

/** Plain words inside Markdown, also in a table cell: no markup, mention, reference or address in it works. */
export function words(text: string, max = 200): string {
  return unlinked(oneLine(text, max))
    .replace(/[\\`*_[\]#|~]|\$(?!\d)|^[-+]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;');
}

/** Without a mention, reference, address or commit that GitHub would look for, in Markdown or HTML. */
function unlinked(line: string): string {
  return line
    .replace(/@|#|(?<=\bGH)-/gi, (sign) => `${sign}${wordBreak}`)
    .replace(/:\/\/|\bwww\./gi, (part) => `${part.slice(0, -1)}${wordBreak}${part.slice(-1)}`)
    .replace(/\b(?=\d*[a-f])[0-9a-f]{7,40}\b/gi, (hash) => hash.replace(/.{6}(?=.)/g, `$&${wordBreak}`));
}

/** Words in which what stands between backticks is a command, to be copied as it is. */
export function prose(text: string, max = 200): string {
  const parts = oneLine(text, max).split('`');
  // One that was opened and never closed is a sign like others.
  const open = parts.length % 2 === 0 ? parts.splice(-2, 2).join('`') : undefined;
  const written = parts.map((part, at) => {
    if (at % 2 === 1) return part === '' ? '' : code(part, max);
    // Two spans that touched would be one.
    if (part === '') return at === 0 || at === parts.length - 1 ? '' : ' ';
    return part.trim() === '' ? part : wordsWithin(part, max);
  });
  return `${written.join('')}${open === undefined ? '' : wordsWithin(open, max)}`;
}

/** `words` keeps no blanks at the ends. */
function wordsWithin(text: string, max: number): string {
  const [start = ''] = /^\s*/.exec(text) ?? [];
  const [end = ''] = /\s*$/.exec(text) ?? [];
  return `${start}${words(text, max)}${end}`;
}

/** A code span, also in a table cell. */
export function code(text: string, max = 200): string {
  return span(oneLine(text, max).replace(/\|/g, '\\|'));
}

/** A command to copy, never in a table cell: outside of tables the backslash before a pipe would be shown. */
export function command(text: string, max = 200): string {
  return span(oneLine(text, max));
}

function span(line: string): string {
  if (line === '') return '` `';
  const ticks = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${line}${pad}${ticks}`;
}

export interface FenceLimits {
  readonly language?: string;
  /** The last so many lines are kept. */
  readonly lines?: number;
  /** Characters of one line. */
  readonly width?: number;
}

/** A fenced block that nothing inside can close. */
export function fence(text: string, limits: FenceLimits = {}): string {
  const { language = '', lines = 50, width = 300 } = limits;
  const all = clean(text).replace(/\n+$/, '').split('\n');
  const kept = all.slice(-lines).map((line) => cutLine(line, width));
  const dropped = all.length - kept.length;
  const body = [...(dropped > 0 ? [`… (${dropped} earlier lines left out)`] : []), ...kept].join('\n');
  const ticks = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${ticks}${language}\n${body}\n${ticks}`;
}

function cutLine(line: string, width: number): string {
  return line.length <= width ? line : `${shorten(line, width)} (${line.length - width + 1} more characters)`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** Text in HTML, or in an attribute that people read. */
export function html(text: string, max = 200): string {
  return entities(unlinked(oneLine(text, max)));
}

/** An address in an attribute of HTML; empty unless it is plain http(s) or a relative path. */
export function htmlAddress(address: string): string {
  return entities(safeAddress(address) ?? '');
}

const entities = (text: string) =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');

/**
 * A line for a terminal or a workflow log, where `::error::` at its start and `##[error]` anywhere would be commands. A
 * `::` within stays as it is: people copy ARNs.
 */
export function logLine(text: string, max = 400): string {
  return shorten(
    clean(text)
      .replace(/[\n\t]/g, ' ')
      .trimEnd(),
    max,
  )
    .replace(/^(\s*:)(?=:)/, `$1${wordBreak}`)
    .replace(/##\[/g, `##${wordBreak}[`);
}

/** An address for a Markdown link; `undefined` unless it is plain http(s) or a relative path. */
export function link(text: string, address: string | undefined): string {
  const target = address === undefined ? undefined : safeAddress(address);
  return target === undefined ? text : `[${text}](${target})`;
}

/** Percent-encoded where Markdown or HTML would end the address early. */
export function safeAddress(address: string): string | undefined {
  const cleaned = clean(address);
  if (cleaned !== address || /\s/.test(address)) return undefined;
  if (/^[a-z][a-z0-9+.-]*:/i.test(address) && !/^https?:\/\//i.test(address)) return undefined;
  return address.replace(/[()<>"'\\[\]|`]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Of a review body or comment, in code points (facts: GitHub refuses 65,536). */
export const bodyLimit = 65_000;

/** Cuts a body at a line, closes what is open there, and says where the rest is. */
export function cutBody(body: string, pointer: string, limit = bodyLimit): string {
  if (length(body) <= limit) return body;
  const closing = `\n\n*Cut here, at the limit of what a review can hold. ${pointer}*\n`;
  // Room for closing a fence and the folds that may be open.
  const room = limit - length(closing) - 200;
  const head = [...body].slice(0, room).join('');
  const kept = head.slice(0, Math.max(0, head.lastIndexOf('\n')));
  return `${kept}${closeOpen(kept)}${closing}`;
}

function closeOpen(markdown: string): string {
  let open = '';
  let folds = 0;
  for (const line of markdown.split('\n')) {
    const ticks = /^\s*(`{3,})/.exec(line)?.[1];
    if (ticks !== undefined && open === '') open = ticks;
    else if (ticks !== undefined && ticks.length >= open.length && line.trim() === ticks) open = '';
    else if (open === '')
      folds += (line.match(/<details>/g) ?? []).length - (line.match(/<\/details>/g) ?? []).length;
  }
  return `${open === '' ? '' : `\n${open}`}${'\n\n</details>'.repeat(Math.max(0, folds))}`;
}

function length(text: string): number {
  let points = 0;
  for (const _ of text) points += 1;
  return points;
}
