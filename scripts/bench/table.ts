import Table from 'cli-table3';
import type { Comparison, Row } from './benchmark.ts';

/** Ours and baseline made one number. */
export function compared({ ours, baseline, comparison }: Row): number {
  switch (comparison.kind) {
    case 'ratio':
      return ours / (baseline ?? Number.NaN);
    case 'rate':
      return (baseline ?? Number.NaN) / ours;
    case 'difference':
      return ours - (baseline ?? Number.NaN);
    case 'value':
      return ours;
  }
}

/** Undefined where nothing was aimed at. */
export function reached(row: Row): boolean | undefined {
  const { comparison } = row;
  if (comparison.kind === 'rate') return compared(row) >= comparison.least;
  return comparison.most === undefined ? undefined : compared(row) <= comparison.most;
}

export function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: ['what', 'ours', 'baseline', 'ratio', 'aim', ''],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    const { what, unit, ours, baseline } = row;
    const number = (value: number) => `${value.toFixed(digits(value))} ${unit}`;
    table.push([
      what,
      number(ours),
      baseline === undefined ? '' : number(baseline),
      row.comparison.kind === 'value' ? '' : amount(row.comparison, unit, compared(row)),
      aim(row),
      { true: 'reached', false: 'missed', undefined: '' }[String(reached(row))] ?? '',
    ]);
  }
  return table.toString();
}

const digits = (value: number) =>
  Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;

function amount({ kind }: Comparison, unit: string, value: number): string {
  switch (kind) {
    case 'ratio':
    case 'rate':
      return `${value.toFixed(2)}x`;
    case 'difference':
      return `${value < 0 ? '' : '+'}${value.toFixed(digits(value))} ${unit}`;
    case 'value':
      return `${value.toFixed(digits(value))} ${unit}`;
  }
}

function aim({ comparison, unit }: Row): string {
  if (comparison.kind === 'rate') return `>= ${amount(comparison, unit, comparison.least)}`;
  return comparison.most === undefined ? '' : `<= ${amount(comparison, unit, comparison.most)}`;
}
