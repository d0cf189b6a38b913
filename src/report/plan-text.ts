import Table from 'cli-table3';
import type { Plan } from '../plan/plan.ts';
import { bare } from './borderless.ts';
import { logLine, oneLine } from './escape.ts';
import {
  breakdown,
  classHead,
  classRow,
  estimateHead,
  estimateRow,
  hintText,
  howMany,
  moneyLines,
  reuseLine,
  samples,
  shapeLine,
} from './plan-facts.ts';
import { shellWords } from './shell-words.ts';

/** A plan for a terminal: what would run, where, and what it costs. */
export function planText(plan: Plan): string {
  const { axes, estimate, classes, hints } = plan;
  const parts = [
    [
      `${plan.grid}  ${plan.runId}  ${oneLine(plan.path, 120)}`,
      `${howMany(plan)}${axes.length === 0 ? '' : `: ${breakdown(plan)}`}`,
      reuseLine(plan, { name: oneLine, words: oneLine }),
      shapeLine(plan),
    ],
    axes.length === 0
      ? []
      : borderless(
          ['Axis', 'Values', ''],
          axes.map((axis) => [oneLine(axis.name, 60), String(axis.count), samples(axis)]),
          [1],
        ),
    borderless(classHead, classes.map(classRow), [1, 2, 3, 7, 8]),
    estimate.lines.length === 0
      ? []
      : borderless(estimateHead, estimate.lines.map(estimateRow), [3, 4, 5, 6]),
    [
      ...moneyLines(plan),
      ...estimate.assumptions.map((assumption) => `  assumed: ${oneLine(assumption, 300)}`),
    ],
    hints.map(hintLine),
    plan.samples
      .slice(0, 5)
      .flatMap(({ label, command }) => [oneLine(label, 120), `  ${shellWords(command)}`]),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => logLine(line, 1000)).join('\n'))
    .join('\n\n')}\n`;
}

function hintLine(hint: Plan['hints'][number]): string {
  const { file, line } = hint;
  const place = line === undefined ? file : `${file}:${line}`;
  return `hint: ${oneLine(place, 120)}: ${oneLine(hintText(hint), 800)}`;
}

function borderless(head: string[], rows: string[][], right: readonly number[]): string[] {
  const grid = new Table({
    head,
    chars: bare,
    colAligns: head.map((_, at) => (right.includes(at) ? 'right' : 'left')),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  grid.push(...rows);
  return grid.toString().split('\n');
}
