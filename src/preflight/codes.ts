import type { Answer, Unknown } from '../aws/answer.ts';
import type { Check, Finding, Severity } from './finding.ts';

/** What stands behind a code, for the page of all codes and for every finding that bears it. */
export interface CodeMeaning {
  readonly severity: Severity;
  /** What is wrong, in general. */
  readonly means: string;
  /** What happens if it stays so. */
  readonly why: string;
  /** What usually mends it; a finding names ids and commands. */
  readonly fix: string;
}

export type Codes = Readonly<Record<string, CodeMeaning>>;

/** `why` only where it is better known than for the code in general. */
type Told = Pick<Finding, 'about' | 'seen' | 'fix'> & Partial<Pick<Finding, 'why'>>;

/** Makes findings of these codes: severity and consequence are those of the code, everywhere. */
export const findingsOf =
  <Known extends Codes>(codes: Known) =>
  (code: keyof Known & string, told: Told): Finding => {
    const { severity, why } = meaningOf(codes, code);
    return { code, severity, about: told.about, seen: told.seen, why: told.why ?? why, fix: told.fix };
  };

function meaningOf(codes: Codes, code: string): CodeMeaning {
  const meaning = codes[code];
  if (meaning === undefined) throw new Error(`there is no code ${code}`);
  return meaning;
}

export type Row = Pick<Check, 'group' | 'check' | 'title'>;

/** What was found at one of the things a check looks at, or that nobody could look. */
export type Verdict = readonly Finding[] | Unknown;

export const verdictOn = <Value>(answer: Answer<Value>, judge: (value: Value) => Verdict): Verdict =>
  answer.known ? judge(answer.value) : answer;

/** One row of the table; a refused call is told once, however many things it leaves in the dark. */
export function checked(row: Row, verdicts: readonly Verdict[]): Check {
  const refused = verdicts.flatMap((verdict) => ('known' in verdict ? [verdict] : []));
  const told = new Map(refused.map(({ action, why }) => [`${action} ${why}`, { action, why }]));
  return {
    ...row,
    findings: verdicts.flatMap((verdict) => ('known' in verdict ? [] : verdict)),
    notDone: [...told.values()],
  };
}

export const nothingToCheck = (row: Row, nothing: string): Check => ({
  ...row,
  findings: [],
  notDone: [],
  nothing,
});
