import type { Value } from './combination.ts';

/**
 * Canonical JSON: keys sorted, numbers rounded to 12 significant digits (so that the same point computed on another
 * machine, or typed by hand, is the same point). Integers that a number holds exactly stay exact.
 */
export function canonicalJson(value: Value): string {
  if (typeof value === 'number') return canonicalNumber(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`)
    .join(',')}}`;
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} has no canonical form`);
  if (Number.isSafeInteger(value)) return (value === 0 ? 0 : value).toFixed(0);
  // The same text as `String`, without V8's cache of number texts.
  return JSON.stringify(Number(value.toPrecision(12)));
}
