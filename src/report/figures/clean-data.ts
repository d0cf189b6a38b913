import { clean } from '../escape.ts';

/** A copy in which every text is safe in XML: Vega escapes `<` and `&` but passes control characters on. */
export function cleanData<T>(value: T): T {
  // The shape is kept; only texts differ.
  return cleaned(value) as T;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cleaned(inner)]));
}
