import type { FitTable } from '../preflight/capacity/fit-table.ts';
import { type Check, type Finding, groups } from '../preflight/finding.ts';
import { findingsOf, type PreflightReport } from '../preflight/report.ts';
import { logLine, oneLine } from './escape.ts';
import { fitText } from './fit-text.ts';
import { hanging } from './hanging.ts';
import {
  fixOf,
  groupLine,
  hiddenWords,
  lackingActions,
  resultOf,
  sumLine,
  verdictOf,
} from './preflight-words.ts';

/** Longest line of a finding: a command has to stay whole to be copied. */
const longest = 2000;

export interface Beside {
  /** Not to be shown, and judged all the same. */
  readonly hidden?: readonly Check[];
  readonly fits?: readonly FitTable[];
}

/** Checks for a terminal: the verdict, what was found, errors first, what nobody could look at, and a line for each group. */
export function checksText(
  checks: readonly Check[],
  calls?: PreflightReport['calls'],
  { hidden = [], fits = [] }: Beside = {},
): string {
  const all = [...checks, ...hidden];
  return textOf([
    [`${verdictOf(all)}.`],
    ...findingBlocks(checks),
    fits.length === 0 ? [] : fitText(fits).trim().split('\n'),
    groupLines(checks),
    hiddenLines(hidden),
    [sumLine(all, calls)],
  ]);
}

/** The same with a line for every check: of doctor, whose titles tell what it saw. */
export function eachCheckText(checks: readonly Check[]): string {
  return textOf([[`${verdictOf(checks)}.`], ...findingBlocks(checks), checkLines(checks), [sumLine(checks)]]);
}

/** Findings as a refused launch prints them. */
export function refusalLines(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap((finding) => findingLines(finding)).map((line) => logLine(line, longest));
}

const textOf = (blocks: readonly (readonly string[])[]) =>
  `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => logLine(line, longest)).join('\n'))
    .join('\n\n')}\n`;

const findingBlocks = (checks: readonly Check[]) => [
  ...[...findingsOf(checks, 'error'), ...findingsOf(checks, 'warning')].map(findingLines),
  ...notDoneBlocks(checks),
];

function findingLines({ code, severity, about, seen, why, fix }: Finding): string[] {
  return [
    ...hanging(`${severity} ${code}: `, oneLine(about, 200)),
    ...hanging('  seen: ', oneLine(seen, longest)),
    ...hanging('  why:  ', oneLine(why, longest)),
    ...fix.split('\n').flatMap((line, at) => fixLines(at === 0 ? '  fix:  ' : '        ', line)),
  ];
}

/** Commands may be of 300 characters, and stay on one line. */
function fixLines(head: string, line: string): string[] {
  const { before, command, after } = fixOf(oneLine(line, longest));
  const blank = ' '.repeat(head.length);
  const words = before === '' ? [] : hanging(head, before);
  return [
    ...words,
    ...(command === undefined ? [] : [`${words.length === 0 ? head : blank}${command}`]),
    ...(after === '' ? [] : hanging(blank, after)),
  ];
}

/** A refused call is told once, with every check that needed it. */
const notDoneBlocks = (checks: readonly Check[]) =>
  Array.from(lackingActions(checks), ([action, { why, titles }]) => [
    `not done without ${oneLine(action, 200)}:`,
    ...titles.flatMap((title) => hanging('  - ', oneLine(title, longest))),
    ...hanging('  ', oneLine(why, 600)),
  ]);

function groupLines(checks: readonly Check[]): string[] {
  return groups.flatMap((group) => {
    const own = checks.filter((check) => check.group === group);
    return own.length === 0 ? [] : [`${group.padEnd(groupWidth)}${groupLine(own)}`];
  });
}

function hiddenLines(hidden: readonly Check[]): string[] {
  const words = hiddenWords(hidden);
  return words === undefined ? [] : hanging('', words);
}

/** `machine     ok       Docker answers: 28.2.2`. */
function checkLines(checks: readonly Check[]): string[] {
  return groups.flatMap((group) =>
    checks
      .filter((check) => check.group === group)
      .flatMap((check, at) => {
        const result = check.nothing === undefined ? resultOf(check) : '-';
        const why = check.nothing === undefined ? '' : ` (${check.nothing})`;
        const head = `${(at === 0 ? group : '').padEnd(groupWidth)}${result.padEnd(resultWidth)}`;
        return hanging(head, oneLine(`${check.title}${why}`, longest));
      }),
  );
}

const groupWidth = Math.max(...groups.map(({ length }) => length)) + 2;
const resultWidth = '2 warnings'.length + 2;
