import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from '../../src/errors.ts';
import { type ExpandedGrid, type LoadOptions, loadGridText } from '../../src/grid/load.ts';

/** A repository of its own for data files. */
export const emptyRepository = () => mkdtempSync(join(tmpdir(), 'muster-grid-'));

const head = 'name: test\nprogram: { image: demo, command: [run] }\n';

/** A grid with this shape. */
export function load(shape: string, options: Partial<LoadOptions> = {}): ExpandedGrid {
  return loadGridText(head + shape, 'grids/test.yaml', { root: '/nonexistent', ...options });
}

/** The whole message that reading (and checking every combination of) this grid ends with. */
export function refusal(text: string, options: Partial<LoadOptions> = {}): string {
  try {
    loadGridText(text, 'grids/test.yaml', { root: '/nonexistent', ...options }).verify();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('the grid was accepted');
}

export const refusalOf = (shape: string, options: Partial<LoadOptions> = {}) =>
  refusal(head + shape, options);

/** The values of one parameter over the whole grid. */
export const valuesOf = (grid: ExpandedGrid, name: string) =>
  [...grid.combinations()].map((combination) => combination.parameters[name]);

export const textsOf = (grid: ExpandedGrid, name: string) =>
  [...grid.combinations()].map((combination) => combination.text[name]);
