import { stringify } from 'csv-stringify/sync';
import { openDigestFile } from './digest-file.ts';
import type { Outcome } from './outcome.ts';

/** `combinations.csv`: one row a combination, for spreadsheets and data frames. */
export interface CombinationsCsv {
  add(outcome: Outcome): void;
  close(): { readonly size: number; readonly sha256: string };
}

export interface CsvColumns {
  /** Names of parameters, in written order. */
  readonly parameters: readonly string[];
  /** Names of `results:`, in written order. */
  readonly results: readonly string[];
}

const front = ['index', 'id', 'label', 'state'];
const measured = [
  'seconds',
  'total_seconds',
  'cpu_seconds',
  'peak_memory_mib',
  'attempts',
  'cost_usd',
] as const;
const back = ['failure_class', 'failure_message'];

/** Rows turned into text at once. */
const batch = 500;

export function openCombinationsCsv(path: string, columns: CsvColumns): CombinationsCsv {
  const file = openDigestFile(path);
  let rows: unknown[][] = [header(columns)];
  const flush = () => {
    file.write(stringify(rows));
    rows = [];
  };
  return {
    add(outcome) {
      rows.push(row(outcome, columns));
      if (rows.length >= batch) flush();
    },
    close() {
      flush();
      return file.close();
    },
  };
}

/** Names of parameters and results that are taken get a prefix: no column hides another. */
function header({ parameters, results }: CsvColumns): string[] {
  const taken = new Set<string>([...front, ...measured, ...back]);
  const free = (prefix: string) => (name: string) => {
    const column = taken.has(name) ? `${prefix}.${name}` : name;
    taken.add(column);
    return column;
  };
  return [
    ...front,
    ...parameters.map(free('parameter')),
    ...measured,
    ...results.map(free('result')),
    ...back,
  ];
}

function row({ combination, state, usage, failure, ...outcome }: Outcome, columns: CsvColumns): unknown[] {
  const { index, id, label, text } = combination;
  const peak = usage?.peakMemoryBytes ?? null;
  const measures: Record<(typeof measured)[number], number | null | undefined> = {
    seconds: usage?.seconds,
    total_seconds: usage?.totalSeconds,
    cpu_seconds: usage?.cpuSeconds,
    peak_memory_mib: peak === null ? null : Math.round((peak / 2 ** 20) * 10) / 10,
    attempts: outcome.attempts,
    cost_usd: outcome.cost,
  };
  return [
    ...[index, id, label, state],
    ...columns.parameters.map((name) => own(text, name)),
    ...measured.map((name) => measures[name]),
    ...columns.results.map((name) => own(outcome.results, name)),
    ...[failure?.class, failure?.message],
  ];
}

/** What is absent stays empty, also when it is called like something every object has. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
