import { computedLiteral, type Literal, listLiteral } from './scalar.ts';

/** The values of an axis, computed when asked for: a million of them take no memory. */
export interface Values {
  readonly length: number;
  at(index: number): Literal;
}

export const fixedValues = (literals: readonly Literal[]): Values => ({
  length: literals.length,
  at(index) {
    const literal = literals[index];
    if (literal === undefined) throw new RangeError(`value ${index} of ${literals.length}`);
    return literal;
  },
});

export const computedValues = (length: number, value: (index: number) => number): Values => ({
  length,
  at: (index) => computedLiteral(value(index)),
});

export interface Spacing {
  readonly start: number;
  readonly stop: number;
  readonly num: number;
  readonly endpoint: boolean;
}

/** NumPy's linspace: `start + i*step`, end point exact. */
export function linspace({ start, stop, num, endpoint }: Spacing): Values {
  const at = linear(start, stop, num, endpoint);
  return computedValues(num, at);
}

/** NumPy's logspace: `base` to the power of evenly spaced exponents. */
export function logspace({ start, stop, num, endpoint, base }: Spacing & { readonly base: number }): Values {
  const exponent = linear(start, stop, num, endpoint);
  return computedValues(num, (index) => base ** exponent(index));
}

/**
 * NumPy's geomspace, end points exact: powers of ten of evenly spaced logarithms. Both ends have the same sign.
 * NumPy prints 5.000000000000001 for the last of `geomspace(0.1, 5, 10)` (SY A); the language asks for 5.
 */
export function geomspace({ start, stop, num, endpoint }: Spacing): Values {
  const sign = Math.sign(start);
  const exponent = linear(Math.log10(Math.abs(start)), Math.log10(Math.abs(stop)), num, endpoint);
  return computedValues(num, (index) => {
    if (index === 0) return start;
    return endpoint && index === num - 1 ? stop : sign * 10 ** exponent(index);
  });
}

function linear(start: number, stop: number, num: number, endpoint: boolean): (index: number) => number {
  const parts = endpoint ? num - 1 : num;
  const step = (stop - start) / parts;
  return (index) => {
    if (index === 0) return start;
    if (endpoint && index === num - 1) return stop;
    // As NumPy: a step that underflows to zero would collapse the axis.
    return step === 0 ? start + (index / parts) * (stop - start) : start + index * step;
  };
}

/** How many values `range` has. The tolerance keeps `1, 1.1, 1.2` from growing a fourth value out of rounding. */
export function rangeLength(start: number, stop: number, step: number): number {
  const steps = (stop - start) / step;
  return Math.max(0, Math.ceil(steps - Math.min(1e-3, 1e-9 * Math.max(1, Math.abs(steps)))));
}

export const range = (start: number, stop: number, step: number): Values =>
  computedValues(rangeLength(start, stop, step), (index) => start + index * step);

/** `{start, end, count}` of parts of `0..of`; the last may be smaller. */
export function chunks(of: number, size: number): Values {
  return {
    length: Math.ceil(of / size),
    at(index) {
      const start = index * size;
      const end = Math.min(start + size, of);
      return computedLiteral({ start, end, count: end - start });
    },
  };
}

/** One after the other. */
export function union(parts: readonly Values[]): Values {
  const ends: number[] = [];
  for (const part of parts) ends.push((ends.at(-1) ?? 0) + part.length);
  return {
    length: ends.at(-1) ?? 0,
    at(index) {
      const which = ends.findIndex((end) => index < end);
      const part = parts[which];
      if (part === undefined) throw new RangeError(`value ${index} of ${ends.at(-1) ?? 0}`);
      return part.at(index - (ends[which - 1] ?? 0));
    },
  };
}

/** Lists of `size` values in a row; the last smaller, never lost. */
export function grouped(values: Values, size: number): Values {
  return {
    length: Math.ceil(values.length / size),
    at(index) {
      const first = index * size;
      const count = Math.min(size, values.length - first);
      return listLiteral(Array.from({ length: count }, (_, offset) => values.at(first + offset)));
    },
  };
}

export const mapped = (values: Values, change: (literal: Literal) => Literal): Values => ({
  length: values.length,
  at: (index) => change(values.at(index)),
});
