import Table from 'cli-table3';
import type { FitLine, FitTable } from '../preflight/capacity/fit-table.ts';
import { bare } from './borderless.ts';
import { logLine, words } from './escape.ts';
import { count, percent, plural } from './format.ts';
import { table } from './markdown.ts';

/** Lines shown of one class: families have a dozen sizes, and queues several families. */
const shown = 8;

const head = ['Type', 'vCPU', 'GiB', 'Slices on it', 'vCPUs left over'];

/** How many slices share an instance, for a terminal: a table for each class. Empty without any. */
export function fitText(fits: readonly FitTable[]): string {
  return fits
    .map((fit) => {
      const lines = new Table({
        head,
        chars: bare,
        style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
        colAligns: ['left', 'right', 'right', 'right', 'right'],
      });
      lines.push(...rowsOf(fit).map((row) => row.map((cell) => logLine(cell))));
      const rows = fit.types.length === 0 ? [] : [lines.toString()];
      return `\n${[logLine(titleOf(fit)), ...rows, ...restOf(fit)].join('\n')}\n`;
    })
    .join('');
}

/** The same for the summary of a workflow. */
export function fitMarkdown(fits: readonly FitTable[]): string {
  return fits
    .map((fit) => {
      const rows = rowsOf(fit).map((row) => row.map((cell) => words(cell)));
      const parts = [
        words(titleOf(fit)),
        ...(rows.length === 0 ? [] : [table(head, rows, [1, 2, 3, 4])]),
        ...restOf(fit),
      ];
      return `\n${parts.join('\n\n')}\n`;
    })
    .join('');
}

const titleOf = ({ about, queue, vcpus, memoryMib, types }: FitTable): string =>
  `${about}, on queue ${queue}: ${types.length === 0 ? 'no instance for ' : ''}${vcpus} vCPU, ${memoryMib} MiB a slice`;

const rowsOf = ({ types }: FitTable): string[][] => types.slice(0, shown).map(rowOf);

function rowOf({ type, vcpus, memoryMib, perInstance, idle, tight }: FitLine): string[] {
  const slices = `${count(perInstance)}${tight ? ' at most' : ''}`;
  return [type, count(vcpus), String(memoryMib / 1024), slices, percent(idle)];
}

function restOf({ types }: FitTable): readonly string[] {
  const more = types.length - shown;
  return more > 0 ? [`and ${plural(more, 'type')} more that are filled no better`] : [];
}
