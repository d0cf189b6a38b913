import { readFile } from 'node:fs/promises';
import type { ResultRule } from '../grid/grid.ts';
import { csvRows } from './check-output-csv.ts';
import { rowsInHdf5 } from './check-output-hdf5.ts';
import { reduceColumn } from './extract-column.ts';
import { valueAt } from './extract-json-path.ts';

export interface Extracted {
  readonly values: Readonly<Record<string, number | string | null>>;
  /** Why a value is null, one line each: a number for the reviewer that cannot be had does not fail the work. */
  readonly notes: readonly string[];
}

/** The numbers of `results:`. `locate` gives the place of a file of the work directory, if it is there. */
export async function extractResults(
  rules: Readonly<Record<string, ResultRule>>,
  locate: (path: string) => string | undefined,
): Promise<Extracted> {
  const values: Record<string, number | string | null> = {};
  const notes: string[] = [];
  for (const [name, rule] of Object.entries(rules)) {
    const file = locate(rule.file);
    try {
      const value = file === undefined ? undefined : await extract(rule, file);
      values[name] = value ?? null;
      if (value === undefined) {
        notes.push(
          `result ${name}: ${file === undefined ? `there is no ${rule.file}` : `not in ${rule.file}`}`,
        );
      }
    } catch (error) {
      values[name] = null;
      notes.push(`result ${name}: ${rule.file} cannot be read: ${firstLine(error)}`);
    }
  }
  return { values, notes };
}

async function extract(rule: ResultRule, file: string): Promise<number | string | undefined> {
  switch (rule.kind) {
    case 'rows':
      return await rows(rule.rows, file);
    case 'key':
      return scalar(valueAt(JSON.parse(await readFile(file, 'utf8')), rule.key));
    case 'column':
      return await reduceColumn(await csvRows(file), rule.column, rule.reduce);
  }
}

/** A table's rows where the file is CSV; otherwise those of an HDF5 group or dataset. */
async function rows(name: string, file: string): Promise<number | undefined> {
  if (!/\.(csv|tsv|txt)$/i.test(file)) return await rowsInHdf5(file, name);
  let count = -1;
  for await (const _row of await csvRows(file)) count += 1;
  return Math.max(0, count);
}

/** Characters of a text that are kept: what a reviewer reads in a table. The rest is in the output. */
const longestText = 200;

/** Some programs write `"N/A"` where a number is expected (systems C): text stays text, visible to the reviewer. */
function scalar(value: unknown): number | string | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    return value.length <= longestText ? value : `${value.slice(0, longestText - 3).toWellFormed()}...`;
  }
  if (typeof value === 'boolean') return String(value);
  return undefined;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
