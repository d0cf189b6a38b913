import { ConfigurationError } from '../errors.ts';
import type { Combination, Value } from './combination.ts';
import type { Grid } from './grid.ts';
import type { Filling, Lookup } from './placeholder.ts';

/** Names that parameters may not have: placeholders give them another meaning. */
export const reservedNames: ReadonlySet<string> = new Set(['combination', 'slice', 'resources', 'run']);

/** Parameters and `{combination...}`: what is known before anything is planned. */
export function combinationLookup(
  combination: Omit<Combination, 'label'> & { readonly label?: string },
): Lookup {
  const { index, id, label, parameters, text } = combination;
  return (name) => {
    if (name === 'combination') return filling({ index, id, ...(label === undefined ? {} : { label }) });
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return value === undefined
      ? undefined
      : { value, text: text[name] ?? (typeof value === 'string' ? value : JSON.stringify(value)) };
  };
}

/** An object that placeholders reach into. */
export function filling(value: { readonly [key: string]: Value }): Filling {
  return { value, text: JSON.stringify(value) };
}

/** Runs `fill`; what goes wrong becomes a `ConfigurationError` that names the combination and the place. */
export function locate<Result>(
  grid: Grid,
  combination: Combination,
  place: string,
  fill: () => Result,
): Result {
  try {
    return fill();
  } catch (error) {
    if (!(error instanceof Error) || !('fix' in error) || typeof error.fix !== 'string') throw error;
    const message = `${place} of combination ${combination.index} (${combination.label}): ${error.message}`;
    throw new ConfigurationError({ file: `grid ${grid.name}`, message, fix: error.fix }, { cause: error });
  }
}
