import { Command, InvalidArgumentError } from 'commander';
import { stringify } from 'csv-stringify/sync';
import type { Combination } from '../../grid/combination.ts';
import type { ExpandedGrid } from '../../grid/load.ts';
import { openGrid } from '../../place/grid-files.ts';
import * as ranges from '../../plan/ranges.ts';
import { select } from '../../plan/select.ts';
import { collectSettings, directoryOf, wholeNumber } from '../options.ts';

interface ExpandOptions {
  readonly format: 'jsonl' | 'csv' | 'count';
  readonly set?: Record<string, string>;
  readonly limit?: number;
  readonly select?: string;
}

const formats = ['jsonl', 'csv', 'count'] as const;

export function expandCommand(): Command {
  return new Command('expand')
    .description('print the combinations of a grid')
    .argument('<grid>', 'grid file or name')
    .option('--format <name>', 'jsonl, csv or count', formatOf, 'jsonl')
    .option('--set <name=value>', 'override a constant; may be repeated', collectSettings)
    .option('--limit <n>', 'only the first n', wholeNumber)
    .option('--select <what>', 'labels, ids, indexes, or an expression')
    .addHelpText('after', "\nExample:\n  muster expand grids/demo.yaml --format csv --select 'alpha_ce > 1'")
    .action(async (grid: string, options: ExpandOptions, command: Command) => {
      const { loaded } = openGrid(directoryOf(command), grid, options.set);
      await printCombinations(loaded, options);
    });
}

function formatOf(text: string): ExpandOptions['format'] {
  const format = formats.find((one) => one === text);
  if (format === undefined) throw new InvalidArgumentError(`choose one of ${formats.join(', ')}`);
  return format;
}

async function printCombinations(loaded: ExpandedGrid, options: ExpandOptions): Promise<void> {
  if (options.format === 'count') {
    loaded.verify();
    let count = options.select === undefined ? loaded.count() : 0;
    if (options.select !== undefined) for await (const _ of chosen(loaded, options.select)) count += 1;
    process.stdout.write(`${Math.min(count, options.limit ?? count)}\n`);
    return;
  }
  const whole = options.limit === undefined && options.select === undefined;
  if (options.format === 'csv') await write(csvChunks(loaded, options));
  else await write(whole ? loaded.jsonl() : batched(jsonLines(loaded, options)));
}

function limited(
  loaded: ExpandedGrid,
  { limit, select: spec }: ExpandOptions,
): Iterable<Combination> | AsyncIterable<Combination> {
  if (spec !== undefined) return take(chosen(loaded, spec), limit);
  return limit === undefined ? loaded.combinations() : take(loaded.combinations(), limit);
}

async function* take(
  all: Iterable<Combination> | AsyncIterable<Combination>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Combination> {
  let left = limit;
  for await (const combination of all) {
    if (left-- <= 0) return;
    yield combination;
  }
}

async function* chosen(loaded: ExpandedGrid, spec: string): AsyncGenerator<Combination> {
  function* missing() {
    for (const combination of loaded.combinations()) yield { ...combination, state: 'missing' as const };
  }
  const { indexes } = await select(spec, missing());
  for (const combination of loaded.combinations()) {
    if (ranges.contains(indexes, combination.index)) yield combination;
  }
}

async function* jsonLines(loaded: ExpandedGrid, options: ExpandOptions): AsyncGenerator<string> {
  for await (const combination of limited(loaded, options)) yield JSON.stringify(combination);
}

/** Rows turned into text at once: more of them outlive a collection of garbage, and a million rows then take 100 MB. */
const rowsAtOnce = 20;

async function* csvChunks(loaded: ExpandedGrid, options: ExpandOptions): AsyncGenerator<string> {
  const names = new Set<string>();
  for await (const { text } of limited(loaded, options)) {
    for (const name of Object.keys(text)) names.add(name);
  }
  const columns = [...names];
  let rows: unknown[][] = [['index', 'id', 'label', ...columns]];
  for await (const { index, id, label, text } of limited(loaded, options)) {
    // As text by way of JSON: `String` would keep each index in V8's cache of number texts.
    rows.push([JSON.stringify(index), id, label, ...columns.map((name) => text[name] ?? '')]);
    if (rows.length < rowsAtOnce) continue;
    yield stringify(rows);
    rows = [];
  }
  if (rows.length > 0) yield stringify(rows);
}

/** Characters written together: one write a line is most of the time at a million lines. */
const batchCharacters = 1 << 16;

async function* batched(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let batch = '';
  for await (const line of lines) {
    batch += `${line}\n`;
    if (batch.length < batchCharacters) continue;
    yield batch;
    batch = '';
  }
  if (batch !== '') yield batch;
}

/** A reader that stops early (`| head`) ends the command quietly. */
async function write(chunks: AsyncIterable<string> | Iterable<string>): Promise<void> {
  let closed = false;
  process.stdout.on('error', () => (closed = true));
  for await (const chunk of chunks) {
    if (closed) return;
    await new Promise<void>((resolve) => process.stdout.write(chunk, () => resolve()));
  }
}
