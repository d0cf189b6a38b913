import type { Answer, Unknown } from '../../aws/answer.ts';
import { checked, findingsOf, nothingToCheck } from '../codes.ts';
import type { Check } from '../finding.ts';
import { type NetworkCode, networkCodes } from './codes.ts';

/** What makes a finding of a code, and what it breaks in the picture. */
export interface Trouble {
  readonly code: NetworkCode;
  readonly about: string;
  readonly seen: string;
  readonly fix: string;
  /** Where it is better known than for the code in general. */
  readonly why?: string;
  readonly breaks: readonly Edge[];
}

/** Ids of what the picture shows, in the direction of packets. */
export type Edge = readonly [from: string, to: string];

/** A check before the picture's part is taken off. */
export interface Row {
  readonly check: string;
  readonly title: string;
  readonly troubles: readonly Trouble[];
  readonly lacking: readonly Unknown[];
  readonly nothing?: string;
}

export type Answers = Readonly<Record<string, Answer<unknown>>>;
export type Values<Asked extends Answers> = {
  readonly [Name in keyof Asked]: Asked[Name] extends Answer<infer Value> ? Value : never;
};

/**
 * One row, from the answers that it needs.
 * @param find gives troubles, or says why there was nothing to look at
 */
export function row<Asked extends Answers>(
  head: { readonly check: string; readonly title: string },
  answers: Asked,
  find: (values: Values<Asked>) => readonly Trouble[] | string,
): Row {
  const lacking = Object.values(answers).filter((answer) => !answer.known);
  if (lacking.length > 0) return { ...head, troubles: [], lacking };
  const entries = Object.entries(answers).map(([name, answer]) => [name, answer.known && answer.value]);
  // Every answer is known here, and keeps its name: fromEntries forgets both.
  const found = find(Object.fromEntries(entries) as Values<Asked>);
  return typeof found === 'string'
    ? { ...head, troubles: [], lacking, nothing: found }
    : { ...head, troubles: found, lacking };
}

/** What was found stays found; besides it there is something that nobody could look at. */
export const alsoLacking = (row: Row, more: readonly Unknown[]): Row => ({
  ...row,
  lacking: [...row.lacking, ...more],
});

export function checkOf({ check, title, troubles, lacking, nothing }: Row): Check {
  const head = { group: 'network', check, title } as const;
  if (nothing !== undefined) return nothingToCheck(head, nothing);
  return checked(head, [troubles.map((trouble) => findingOf(trouble.code, trouble)), ...lacking]);
}

const findingOf = findingsOf(networkCodes);

/** What several have in common is said once. */
export function byCause<Item>(
  items: readonly Item[],
  cause: (item: Item) => string,
): readonly (readonly [cause: string, first: Item, all: readonly Item[]])[] {
  return [...Map.groupBy(items, cause)].flatMap(([key, all]) => {
    const [first] = all;
    return first === undefined ? [] : [[key, first, all] as const];
  });
}

export function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

/** `a, b and c` */
export function listed(texts: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(unique(texts));
}
