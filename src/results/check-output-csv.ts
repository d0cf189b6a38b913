import { createReadStream } from 'node:fs';

/** Loaded at first use: not every program writes tables. */
const library = () => import('csv-parse');

/** A header and at least one row of as many cells, and the columns of `contains`; streamed. */
export async function checkCsv(path: string, contains: readonly string[]): Promise<readonly string[]> {
  let columns: readonly string[] | undefined;
  let rows = 0;
  try {
    for await (const row of await csvRows(path)) {
      if (columns === undefined) columns = row;
      else rows += 1;
    }
  } catch (error) {
    if (!(error instanceof (await library()).CsvError)) throw error;
    return [`is not a CSV table: ${error.message}`];
  }
  if (columns === undefined) return ['is empty'];
  const header = new Set(columns);
  const missing = contains
    .filter((column) => !header.has(column))
    .map((column) => `has no column ${JSON.stringify(column)}`);
  return rows === 0 ? ['has a header but no rows', ...missing] : missing;
}

/** Rows as text cells, the header first; `#` lines and empty lines are left out. Throws `CsvError`. */
export async function csvRows(path: string): Promise<AsyncIterable<readonly string[]>> {
  const { parse } = await library();
  const parser = parse({
    bom: true,
    comment: '#',
    comment_no_infix: true,
    skip_empty_lines: true,
    trim: true,
  });
  const source = createReadStream(path);
  source.on('error', (error) => parser.destroy(error));
  return source.pipe(parser);
}
