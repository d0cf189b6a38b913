import { posix } from 'node:path';
import type { OutputRule } from '../grid/grid.ts';
import type { OutputRecord } from './fragment.ts';

/** What the worker adds by itself; never what a reader is after. */
const programLog = 'program.log.gz';

/**
 * The one file that `output_file` names: the first that a declared HDF5 output matches, else the first of any declared
 * output, else the first that is not the log.
 */
export function mainOutput(
  outputs: readonly OutputRecord[],
  rules: readonly OutputRule[],
): OutputRecord | undefined {
  const inOrder = [...rules.filter(({ format }) => format === 'hdf5'), ...rules];
  for (const rule of inOrder) {
    const pattern = rulePattern(rule);
    const found = outputs.find(({ path }) => posix.matchesGlob(path, pattern));
    if (found !== undefined) return found;
  }
  return outputs.find(({ path }) => path !== programLog);
}

/** Placeholders may stand for anything here: which file it was is known from the outputs themselves. */
function rulePattern({ path, archive }: OutputRule): string {
  return posix.normalize((archive ?? path).replaceAll(/\{[^{}]*\}/g, '*'));
}
