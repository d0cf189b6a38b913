import { utcFormat } from 'd3-time-format';
import type { Value } from './combination.ts';
import { renderNumber, renderText } from './format-render.ts';
import { FormatError, parsePrintf, parsePython } from './format-spec.ts';
import { isList, itemsOf } from './inside.ts';

export { FormatError };

/**
 * A value as the program sees it. Without a format that is `text`, the literal's own text. With one:
 * numbers take Python's format language (`.3f`, `03d`, `,`) or C's (`%.3f`), dates take strftime (`%Y.%j`, in UTC),
 * text takes width and alignment, lists take a separator (`,`).
 */
export function formatValue(value: Value, text: string, spec: string | undefined): string {
  if (spec === undefined || spec === '') return text;
  if (typeof value === 'number') return formatNumber(value, text, spec);
  if (typeof value === 'string')
    return isDate(text) && spec.includes('%') ? formatDate(text, spec) : formatText(text, spec);
  if (isList(value)) return joinList(value, text, spec);
  const found = value === null ? 'null' : typeof value === 'boolean' ? `the boolean ${text}` : 'an object';
  throw new FormatError(`The format '${spec}' does not fit ${found}.`, 'Leave the format out.');
}

/** True for `2017-01-26` and `2017-01-26T00:00:00`. */
export function isDate(text: string): boolean {
  if (!datePattern.test(text)) return false;
  const moment = new Date(utcText(text));
  // 30 February parses, as 2 March.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text.slice(0, 10));
}

const datePattern = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?Z?$/;

/** Directives that mean the same in Python's strftime and here; locale's own (`%c`, `%x`, `%X`) are left out. */
const directives = new Set('aAbBdefGHIjmMpSuUVwWyY%');
const formatters = new Map<string, (date: Date) => string>();

function formatDate(text: string, spec: string): string {
  let formatter = formatters.get(spec);
  if (formatter === undefined) {
    for (const [found, , letter = ''] of spec.matchAll(/%([-_0]?)(.?)/gs)) {
      if (!directives.has(letter)) {
        throw new FormatError(
          `'${found}' in the date format '${spec}' is not known.`,
          `Known: ${[...directives].map((each) => `%${each}`).join(' ')}.`,
        );
      }
    }
    formatter = utcFormat(spec);
    formatters.set(spec, formatter);
  }
  return formatter(new Date(utcText(text)));
}

function utcText(text: string): string {
  const [day = '', time = '00:00:00'] = text.replace(/Z$/, '').split(/[T ]/);
  return `${day}T${time}Z`;
}

function formatNumber(value: number, text: string, spec: string): string {
  if (!spec.includes('%') || spec.indexOf('%') === spec.length - 1)
    return renderNumber(value, text, parsePython(spec));
  const { before, conversion, after } = parsePrintf(spec);
  return before + renderNumber(value, text, conversion) + after;
}

function formatText(text: string, spec: string): string {
  if (!spec.includes('%')) return renderText(text, parsePython(spec));
  const { before, conversion, after } = parsePrintf(spec);
  return before + renderText(text, conversion) + after;
}

function joinList(value: readonly Value[], text: string, spec: string): string {
  if (!/^[^\p{L}\p{N}{}%"'\\]{1,3}$/u.test(spec)) {
    throw new FormatError(
      `A list takes a separator after the colon; '${spec}' is none.`,
      'Write {name:,} to join with commas, or {*name} to make one argument of each.',
    );
  }
  return itemsOf(value, text)
    .map((item) => item.text)
    .join(spec);
}
