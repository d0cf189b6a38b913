import { allInParallel } from '../in-parallel.ts';
import { sliceWith } from '../plan/slices.ts';
import type { FailureExample, FailureGroup } from '../report/failure-groups.ts';
import { failuresKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { readFailures } from './failures.ts';
import type { ChildFailureRecord } from './records.ts';
import { storeWidth } from './settings.ts';
import { pagesOf } from './show.ts';
import type { Started } from './start.ts';

/** Where the record of a failed slice is. */
interface Place {
  readonly key: string;
  readonly child: number;
}

/** Examples of one kind that get pages: no more are shown. */
const examplesLed = 3;
const groupsLed = 20;

/**
 * Failures of a merge, with the pages and the advice that the engine gave when they were recorded: of the examples
 * that people see, so that the files read are few.
 */
export async function withPages(
  deps: Pick<RunDeps, 'store'>,
  started: Pick<Started, 'run' | 'rounds'>,
  failures: readonly FailureGroup[],
): Promise<readonly FailureGroup[]> {
  const led = failures.slice(0, groupsLed).map((group) => ({
    group,
    places: group.examples.slice(0, examplesLed).map((example) => placeOf(started, example)),
  }));
  const keys = [...new Set(led.flatMap(({ places }) => places.flatMap((place) => place?.key ?? [])))];
  const files = await allInParallel(keys, storeWidth, (key) => readFailures(deps, key));
  const records = new Map(keys.map((key, at) => [key, files[at]?.lines ?? []]));
  const recordAt = (place: Place | undefined) =>
    place && records.get(place.key)?.find(({ child }) => child === place.child);
  return [
    ...led.map(({ group, places }) => ledTo(group, places.map(recordAt))),
    ...failures.slice(groupsLed),
  ];
}

function ledTo(group: FailureGroup, records: readonly (ChildFailureRecord | undefined)[]): FailureGroup {
  const [first] = records;
  // The engine advises on what it saw itself; the worker may have seen more.
  const advice = first?.class === group.class ? first.advice : undefined;
  const examples = group.examples.map((example, at) => {
    const record = records[at];
    return record === undefined ? example : { ...example, ...pagesOf(record) };
  });
  return { ...group, examples, ...(advice !== undefined && { advice }) };
}

/** The slice that the verdict comes from; without one, the newest that held the combination. */
function placeOf(
  { run, rounds }: Pick<Started, 'run' | 'rounds'>,
  example: FailureExample,
): Place | undefined {
  const { source, index } = example;
  if (source !== undefined && source.run !== run.run) return undefined;
  for (const { round, groups, arrays } of [...rounds].reverse()) {
    if (source !== undefined && source.round !== round) continue;
    const slice = source?.slice ?? sliceWith(groups, index);
    const at = arrays.find(
      ({ firstSlice, slices }) => slice !== undefined && slice >= firstSlice && slice < firstSlice + slices,
    );
    if (slice === undefined || at === undefined) continue;
    return { key: failuresKey(run.run, round, at.array), child: slice - at.firstSlice };
  }
  return undefined;
}
