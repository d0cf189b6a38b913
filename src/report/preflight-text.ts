import Table from 'cli-table3';
import { type Check, type Finding, type Group, groups } from '../preflight/finding.ts';
import { findingsOf, type PreflightReport, tallyOf } from '../preflight/report.ts';
import { bare } from './borderless.ts';
import { logLine, oneLine } from './escape.ts';
import { count, plural } from './format.ts';

/** Longest line of a finding: a command has to stay whole to be copied. */
const longest = 2000;

/** Checks for a terminal: the table, then what was found, errors first, then what nobody could look at. */
export function checksText(checks: readonly Check[], calls?: PreflightReport['calls']): string {
  const parts = [
    checkTable(checks),
    ...[...findingsOf(checks, 'error'), ...findingsOf(checks, 'warning')].map(findingLines),
    notDoneLines(checks),
    [sumLine(checks, calls)],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => logLine(line, longest)).join('\n'))
    .join('\n\n')}\n`;
}

/** `1 error, 2 warnings, 38 checks done, 1 not done · 27 API calls`. */
export function sumLine(checks: readonly Check[], calls?: PreflightReport['calls']): string {
  const { errors, warnings, done, notDone } = tallyOf(checks);
  const asked = calls === undefined ? '' : ` · ${plural(callsIn(calls), 'API call')}`;
  const found = `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`;
  return `${found}, ${plural(done, 'check')} done, ${count(notDone)} not done${asked}`;
}

export const callsIn = (calls: PreflightReport['calls']): number =>
  Object.values(calls).reduce((sum, times) => sum + times, 0);

/** Findings as a refused launch prints them. */
export function refusalLines(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap((finding) => findingLines(finding)).map((line) => logLine(line, longest));
}

function checkTable(checks: readonly Check[]): string[] {
  const table = new Table({
    head: ['Group', 'What should be so', 'Result'],
    chars: bare,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const group of groups) table.push(...groupRows(checks, group));
  return table.toString().split('\n');
}

function groupRows(checks: readonly Check[], group: Group): string[][] {
  return checks
    .filter((check) => check.group === group)
    .map((check, at) => [at === 0 ? group : '', oneLine(check.title, 80), oneLine(resultOf(check), 80)]);
}

/** In a word or two: `ok`, `2 errors`, `not done`, `nothing: no grid is given`. */
export function resultOf({ findings, notDone, nothing }: Check): string {
  if (nothing !== undefined) return `nothing: ${nothing}`;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const found = [
    ...(errors === 0 ? [] : [plural(errors, 'error')]),
    ...(warnings === 0 ? [] : [plural(warnings, 'warning')]),
    ...(notDone.length === 0 ? [] : ['not done']),
  ];
  return found.length === 0 ? 'ok' : found.join(', ');
}

function findingLines({ code, severity, about, seen, why, fix }: Finding): string[] {
  return [
    `${severity} ${code}: ${oneLine(about, 200)}`,
    `  seen: ${oneLine(seen, longest)}`,
    `  why:  ${oneLine(why, longest)}`,
    ...fix.split('\n').map((line, at) => `${at === 0 ? '  fix:  ' : '        '}${oneLine(line, longest)}`),
  ];
}

/** A refused call is told once, with every check that needed it. */
function notDoneLines(checks: readonly Check[]): string[] {
  return [...lackingActions(checks)].flatMap(([action, { why, titles }]) => [
    `not done without ${action}: ${titles.map((title) => oneLine(title, 80)).join('; ')}`,
    `  ${oneLine(why, 600)}`,
  ]);
}

export function lackingActions(
  checks: readonly Check[],
): ReadonlyMap<string, { readonly why: string; readonly titles: readonly string[] }> {
  const lacking = new Map<string, { readonly why: string; readonly titles: readonly string[] }>();
  for (const { title, notDone } of checks) {
    for (const { action, why } of notDone) {
      const known = lacking.get(action);
      const titles = [...new Set([...(known?.titles ?? []), title])];
      lacking.set(action, { why: known?.why ?? why, titles });
    }
  }
  return lacking;
}
