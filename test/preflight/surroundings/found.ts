import type { Answer } from '../../../src/aws/answer.ts';
import type { Check } from '../../../src/preflight/finding.ts';

export const known = <const Value>(value: Value): Answer<Value> => ({ known: true, value });

export const refused = (action: string) => ({ known: false, action, why: `no ${action} here` }) as const;

/** Codes of everything found, in order. */
export const codesIn = (checks: readonly Check[]) =>
  checks.flatMap(({ findings }) => findings.map(({ code }) => code));

/** Names of the checks that lack an answer. */
export const notDoneIn = (checks: readonly Check[]) =>
  checks.flatMap(({ check, notDone }) => (notDone.length > 0 ? [check] : []));

/** Names of the checks that had nothing to look at. */
export const idleIn = (checks: readonly Check[]) =>
  checks.flatMap(({ check, nothing }) => (nothing === undefined ? [] : [check]));

/** The only finding of this code. */
export function theOne(checks: readonly Check[], code: string) {
  const [one, ...more] = checks.flatMap(({ findings }) => findings.filter((each) => each.code === code));
  if (one === undefined || more.length > 0) throw new Error(`there are ${more.length + 1} of ${code}`);
  return one;
}
