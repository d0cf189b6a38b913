import type { Answer } from '../../aws/answer.ts';
import type { NetworkFacts } from './facts.ts';
import type { NetworkNeed } from './need.ts';
import { type Answers, type Row, row, type Trouble, type Values } from './trouble.ts';
import { type Place, placesOf } from './way.ts';

/** What every judgement of ways starts from. */
export interface Ground {
  readonly facts: NetworkFacts;
  readonly region: string;
  readonly places: Answer<readonly Place[]>;
}

export function groundOf(facts: NetworkFacts, needs: readonly NetworkNeed[]): Ground {
  return { facts, region: facts.region, places: placesIn(facts, needs) };
}

function placesIn({ subnets, routeTables }: NetworkFacts, needs: readonly NetworkNeed[]): Ground['places'] {
  if (!subnets.known) return subnets;
  if (!routeTables.known) return routeTables;
  return { known: true, value: placesOf(needs, subnets.value, routeTables.value) };
}

/** Whether some place is so; where nobody knows, none. */
export function some({ places }: Ground, isSo: (place: Place) => boolean): boolean {
  return places.known && places.value.some(isSo);
}

/** A row about places of one sort: those that concern it, or that there are none. */
export function rowOfPlaces<Asked extends Answers>(
  { nothing, ...head }: { readonly check: string; readonly title: string; readonly nothing: string },
  { places }: Ground,
  concerned: (place: Place) => boolean,
  answers: Asked,
  find: (places: readonly Place[], values: Values<Asked>) => readonly Trouble[],
): Row {
  if (!places.known) return row(head, { places }, () => []);
  const some = places.value.filter(concerned);
  // Who is not concerned does not wait for an answer, either.
  return some.length === 0
    ? row(head, {}, () => nothing)
    : row(head, answers, (values) => find(some, values));
}

export const noSubnet = 'There is no subnet that instances could start in.';
