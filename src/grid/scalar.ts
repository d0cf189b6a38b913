import type { Value } from './combination.ts';

/** A value as written: what the grid computes with, and the text the program sees. */
export interface Literal {
  readonly value: Value;
  readonly text: string;
}

const integer = /^[-+]?(?:0|[1-9][0-9]*)$/;
const leadingZeros = /^[-+]?0[0-9]+$/;
const based = /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const notFinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/**
 * Unquoted text by the rules of the YAML 1.2 core schema, for YAML, JSON and CSV alike. Two departures, both because
 * a number would lose what was written: integers with leading zeros (`01022500`, a gauge) and integers beyond 2^53
 * stay text. `undefined`: infinity or not-a-number, which no combination can carry.
 */
export function coreScalar(text: string): Literal | undefined {
  if (text === '' || text === '~' || /^(?:null|Null|NULL)$/.test(text)) return { value: null, text: 'null' };
  if (/^(?:true|True|TRUE)$/.test(text)) return { value: true, text };
  if (/^(?:false|False|FALSE)$/.test(text)) return { value: false, text };
  if (notFinite.test(text)) return undefined;
  return { value: coreNumber(text) ?? text, text };
}

function coreNumber(text: string): number | undefined {
  if (leadingZeros.test(text)) return undefined;
  if (!integer.test(text) && !based.test(text) && !float.test(text)) return undefined;
  const value = Number(text);
  const exact =
    float.test(text) && !integer.test(text) ? Number.isFinite(value) : Number.isSafeInteger(value);
  return exact ? value : undefined;
}

/** The literal of a value that was computed: numbers print as the shortest text that reads back the same. */
export function computedLiteral(value: Value): Literal {
  if (typeof value === 'string') return { value, text: value };
  if (typeof value === 'object' && value !== null) return { value, text: JSON.stringify(value) };
  if (typeof value === 'number' && isPlainInteger(value)) return { value, text: value.toFixed(0) };
  // The same text as `String`, for finite numbers, without V8's cache of number texts.
  if (typeof value === 'number' && Number.isFinite(value) && value !== 0) {
    return { value, text: JSON.stringify(value) };
  }
  return { value, text: Object.is(value, -0) ? '-0' : String(value) };
}

/** An integer whose text in JSON is its digits; `toFixed` writes them without V8's cache of number texts. */
export const isPlainInteger = (value: number) => Number.isSafeInteger(value) && !Object.is(value, -0);

const jsonNumber = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;

/** A list or an object of literals as JSON text; numbers inside keep their own text where JSON allows it. */
export function literalJson(literal: Literal): string {
  if (typeof literal.value === 'number' && jsonNumber.test(literal.text)) return literal.text;
  if (typeof literal.value === 'object' && literal.value !== null) return literal.text;
  return JSON.stringify(literal.value);
}

export function listLiteral(items: readonly Literal[]): Literal {
  return { value: items.map((item) => item.value), text: `[${items.map(literalJson).join(',')}]` };
}

export function objectLiteral(entries: readonly (readonly [string, Literal])[]): Literal {
  return {
    value: Object.fromEntries(entries.map(([key, literal]) => [key, literal.value])),
    text: `{${entries.map(([key, literal]) => `${JSON.stringify(key)}:${literalJson(literal)}`).join(',')}}`,
  };
}
