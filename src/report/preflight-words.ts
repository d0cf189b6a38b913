import type { Check } from '../preflight/finding.ts';
import { type PreflightReport, tallyOf } from '../preflight/report.ts';
import { count, plural } from './format.ts';

/** What a person has to know first. Checks that got no answer are no reason to feel safe. */
export function verdictOf(checks: readonly Check[]): string {
  const { errors, warnings, done, notDone } = tallyOf(checks);
  const unseen = `${count(notDone)} of ${plural(done + notDone, 'check')} could not be done`;
  const also = warnings === 0 ? '' : `, with ${plural(warnings, 'warning')}`;
  if (errors > 0) {
    return `Not ready: ${plural(errors, 'error')} to mend first${notDone === 0 ? '' : `, and ${unseen}`}`;
  }
  return notDone === 0 ? `Nothing stands in the way${also}` : `Not known: ${unseen}${also}`;
}

/** `1 error, 2 warnings, 38 checks done, 1 not done · 27 API calls`. */
export function sumLine(checks: readonly Check[], calls?: PreflightReport['calls']): string {
  const { errors, warnings, done, notDone } = tallyOf(checks);
  const asked = calls === undefined ? '' : ` · ${plural(callsIn(calls), 'API call')}`;
  const found = `${plural(errors, 'error')}, ${plural(warnings, 'warning')}`;
  return `${found}, ${plural(done, 'check')} done, ${count(notDone)} not done${asked}`;
}

const callsIn = (calls: PreflightReport['calls']): number =>
  Object.values(calls).reduce((sum, times) => sum + times, 0);

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

/** How the checks of a group ended: `8 ok, 1 error, 2 not done, 1 not needed`. */
export function groupLine(checks: readonly Check[]): string {
  const { errors, warnings, notDone, idle } = tallyOf(checks);
  const ok = checks.filter((check) => resultOf(check) === 'ok').length;
  const parts = [
    ...(ok === 0 ? [] : [`${count(ok)} ok`]),
    ...(errors === 0 ? [] : [plural(errors, 'error')]),
    ...(warnings === 0 ? [] : [plural(warnings, 'warning')]),
    ...(notDone === 0 ? [] : [`${count(notDone)} not done`]),
    ...(idle === 0 ? [] : [`${count(idle)} with nothing to look at`]),
  ];
  return parts.join(', ');
}

/** What the groups found that are not shown: `Not shown: 1 error (queue).` `undefined`: nothing that counts. */
export function hiddenWords(hidden: readonly Check[]): string | undefined {
  const counting = hidden.filter(({ findings, notDone }) => findings.length + notDone.length > 0);
  if (counting.length === 0) return undefined;
  const groups = [...new Set(counting.map(({ group }) => group))];
  return `Not shown: ${groupLine(counting)} (${groups.join(', ')}).`;
}

/** A refused call is told once, with every check that needed it. */
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

/** What mends it: words, and at most one command among them, which is copied whole. */
export interface Fix {
  readonly before: string;
  /** Absent: there are only the words before. */
  readonly command?: string;
  readonly after: string;
}

/** A command begins the line, or follows a colon; within backticks it is part of the words. */
const beforeCommand = /^(?:[^`]|`[^`]*`)*?(?:^|: )(?=(?:aws|docker|git|gh|muster|npm|npx) )/;
/** Where words go on behind it. */
const behindCommand = /, or |, then |, and |; |\. /;

export function fixOf(line: string): Fix {
  const before = beforeCommand.exec(line)?.[0];
  if (before === undefined) return { before: line, after: '' };
  const rest = line.slice(before.length);
  const end = behindCommand.exec(rest)?.index ?? rest.length;
  return {
    before: before.trimEnd(),
    command: rest.slice(0, end),
    after: rest.slice(end).replace(/^[;,.]?\s*/, ''),
  };
}
