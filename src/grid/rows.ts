import { parse } from 'csv-parse/sync';
import type { z } from 'zod';
import type { Reading } from './parameters.ts';
import { collectProblems } from './problems.ts';
import { readYaml } from './read-yaml.ts';
import { coreScalar, type Literal } from './scalar.ts';
import { nearestName } from './schema-problems.ts';
import type { rowsFile } from './schema-shapes.ts';
import { child, type MapNode, type Node, toLiteral } from './tree.ts';

/** Explicit points: typed cells by column; `undefined` where a row has no such key. */
export interface Rows {
  readonly columns: readonly string[];
  readonly length: number;
  at(row: number): readonly (Literal | undefined)[];
}

type RowsFile = z.output<typeof rowsFile>;

/** Read once for their columns and once for their cells: the second time is free. */
const remembered = new WeakMap<Node, { readonly rows: Rows | undefined }>();

/** `undefined` after reporting a problem. */
export function readRows(
  written: RowsFile | readonly unknown[],
  node: Node,
  reading: Reading,
): Rows | undefined {
  const known = remembered.get(node) ?? { rows: readRowsAnew(written, node, reading) };
  remembered.set(node, known);
  return known.rows;
}

function readRowsAnew(
  written: RowsFile | readonly unknown[],
  node: Node,
  reading: Reading,
): Rows | undefined {
  if (!('file' in written)) return node.kind === 'list' ? objectRows(node.items, reading) : undefined;
  const fileNode = child(node, 'file') ?? node;
  const read = reading.data.read(written.file, 'parameters', fileNode);
  if (read === undefined) return undefined;
  return read.path.endsWith('.json')
    ? jsonRows(read, fileNode, reading)
    : tableRows(read, written, fileNode, reading);
}

/** JSON is read with places for messages, which takes memory: large tables are better as CSV. */
const maxJsonBytes = 5_000_000;

function jsonRows(
  { path, text }: { readonly path: string; readonly text: string },
  node: Node,
  reading: Reading,
): Rows | undefined {
  if (text.length > maxJsonBytes) {
    reading.problems.add(
      node,
      `\`${path}\` is larger than ${maxJsonBytes / 1e6} MB`,
      'Write large tables as CSV.',
    );
    return undefined;
  }
  // Its lines are not the grid's: the first problem is told in the place that names the file.
  const own = collectProblems(path);
  const tree = readYaml(text, own);
  const rows =
    tree?.kind === 'list' && tree.items.length > 0
      ? objectRows(tree.items, { ...reading, problems: own })
      : undefined;
  const [first] = own.found;
  if (first !== undefined)
    reading.problems.add(node, `line ${first.line ?? 1} of \`${path}\`: ${first.message}`, first.fix);
  else if (rows === undefined)
    reading.problems.add(node, `\`${path}\` is not a list of objects`, 'Write [{ "id": "a" }, ...].');
  return rows;
}

function objectRows(items: readonly Node[], { problems }: Reading): Rows | undefined {
  const maps = items.filter((item): item is MapNode => item.kind === 'map' && item.entries.length > 0);
  const odd = items.find((item) => item.kind !== 'map' || item.entries.length === 0);
  if (odd !== undefined) {
    problems.add(odd, 'a row must be an object with at least one key', 'Write rows as { id: a, vcpus: 4 }.');
    return undefined;
  }
  const counts = new Map<string, number>();
  for (const { entries } of maps) for (const { key } of entries) counts.set(key, (counts.get(key) ?? 0) + 1);
  const columns = [...counts.keys()];
  for (const [column, count] of counts) {
    const near = nearestName(
      column,
      columns.filter((other) => other !== column && counts.get(other) !== count),
    );
    if (count < maps.length && near !== undefined) {
      problems.hint(items[0], `\`${column}\` is in ${count} of ${maps.length} rows; was \`${near}\` meant?`);
    }
  }
  return {
    columns,
    length: maps.length,
    at: (row) =>
      columns.map((column) => {
        const cell = child(maps[row], column);
        return cell === undefined ? undefined : toLiteral(cell);
      }),
  };
}

function tableRows(
  read: { readonly path: string; readonly text: string },
  written: RowsFile,
  node: Node,
  reading: Reading,
): Rows | undefined {
  const records = parseTable(read, written.separator, node, reading);
  if (records === undefined) return undefined;
  const header = written.header ?? written.columns === undefined;
  const names = header ? records[0]?.cells : written.columns;
  if (names === undefined && records.length > 0) {
    reading.problems.add(
      node,
      `the columns of \`${read.path}\` have no names`,
      'Name them: columns: [a, b]; or leave `header` out when the first line does.',
    );
    return undefined;
  }
  const body = header ? records.slice(1) : records;
  if (names === undefined || body.length === 0) {
    reading.problems.add(
      node,
      `\`${read.path}\` has no rows`,
      header ? 'The first line names the columns.' : undefined,
    );
    return undefined;
  }
  const ragged = body.filter(({ cells }) => cells.length !== names.length);
  for (const { cells, line } of ragged.slice(0, 5)) {
    reading.problems.add(
      node,
      `line ${line} of \`${read.path}\` has ${cells.length} columns instead of ${names.length}`,
      'Every row needs every column; quote a cell that holds the separator.',
    );
  }
  if (ragged.length > 0) return undefined;
  return pick(names, written.columns ?? names, body, read.path, node, reading);
}

function pick(
  names: readonly string[],
  columns: readonly string[],
  body: readonly TableRecord[],
  path: string,
  node: Node,
  { problems }: Reading,
): Rows | undefined {
  const twice = [...names, ...columns].find(
    (name) =>
      names.indexOf(name) !== names.lastIndexOf(name) || columns.indexOf(name) !== columns.lastIndexOf(name),
  );
  if (twice !== undefined) {
    problems.add(node, `\`${path}\` has the column \`${twice}\` twice`, 'Name each column once.');
    return undefined;
  }
  const places = columns.map((column) => names.indexOf(column));
  for (const [position, column] of columns.entries()) {
    if ((places[position] ?? -1) >= 0) continue;
    problems.add(node, `\`${path}\` has no column \`${column}\``, `It has: ${names.join(', ')}.`);
  }
  if (places.some((place) => place < 0)) return undefined;
  return {
    columns,
    length: body.length,
    at: (row) => places.map((place) => cell(body[row]?.cells[place] ?? '')),
  };
}

const cell = (text: string): Literal => coreScalar(text) ?? { value: text, text };

interface TableRecord {
  readonly cells: readonly string[];
  /** From 1. */
  readonly line: number;
}

function parseTable(
  { path, text }: { readonly path: string; readonly text: string },
  separator: string | undefined,
  node: Node,
  { problems }: Reading,
): TableRecord[] | undefined {
  const delimiter = separator ?? (path.endsWith('.csv') ? ',' : path.endsWith('.tsv') ? '\t' : 'whitespace');
  if (delimiter === 'whitespace') return whitespaceTable(text);
  try {
    // The parser's answer is untyped: with `info` it is a list of records with their line.
    const parsed = parse(text, {
      delimiter,
      comment: '#',
      comment_no_infix: true,
      skip_empty_lines: true,
      relax_column_count: true,
      trim: true,
      info: true,
    }) as unknown as readonly {
      readonly record: readonly string[];
      readonly info: { readonly lines: number };
    }[];
    return parsed.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    problems.add(
      node,
      `\`${path}\` is not a table: ${error.message}`,
      'Quotes in a quoted cell are doubled: "a ""b""".',
    );
    return undefined;
  }
}

function whitespaceTable(text: string): TableRecord[] {
  const records: TableRecord[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    records.push({ cells: trimmed.split(/\s+/), line: index + 1 });
  }
  return records;
}
