import { sliceWith } from '../plan/slices.ts';
import { sliceFragmentsPrefix } from '../store/keys.ts';
import { attemptsOf, forgotten } from './attempts.ts';
import type { RunDeps } from './deps.ts';
import { failuresOf } from './failures.ts';
import type { ArrayAt } from './observe.ts';
import { openOutcomes } from './outcomes.ts';
import type { ChildFailureRecord } from './records.ts';
import { readPublished } from './runs.ts';
import type { Started } from './start.ts';

/** Slices that ended well, as the engine says, and left no word about what they were to do. */
export interface SilentSlices {
  readonly slices: number;
  readonly combinations: number;
  /** Where people read what the first of them wrote. */
  readonly logUrl?: string;
}

interface At {
  readonly at: ArrayAt;
  readonly slice: number;
}

/**
 * Why combinations of a published run are missing although nothing failed; `undefined` where that is not why. It is
 * about the last round only, and not about one that was stopped: a slice that finds its run stopped ends well, too.
 */
export async function silentSlices(
  deps: RunDeps,
  { run: { run }, rounds, state }: Started,
  arrays: readonly ArrayAt[],
): Promise<SilentSlices | undefined> {
  const round = rounds.at(-1);
  const published = await readPublished(deps, run);
  if (round === undefined || published === undefined || state.value.stopped !== null) return undefined;
  const own = arrays.filter((at) => at.round === round);
  const failures = await failuresOf(deps, run, own);
  const silent = new Map<number, At>();
  let combinations = 0;
  using open = await openOutcomes(deps, run);
  for await (const { state: verdict, combination } of open.outcomes()) {
    if (verdict !== 'missing') continue;
    const slice = sliceWith(round.groups, combination.index);
    const at = own.find(
      ({ array: { firstSlice, slices } }) =>
        slice !== undefined && slice >= firstSlice && slice < firstSlice + slices,
    );
    if (slice === undefined || at === undefined) continue;
    const isLost = published.unreadable.some(({ key }) =>
      key.startsWith(sliceFragmentsPrefix(run, round.round, slice)),
    );
    if (isLost || !endedWell({ at, slice }, failures.get(at.key) ?? [])) continue;
    combinations += 1;
    silent.set(slice, { at, slice });
  }
  const [first] = silent.values();
  if (first === undefined) return undefined;
  const logUrl = await logOf(deps, run, first);
  return { slices: silent.size, combinations, ...(logUrl !== undefined && { logUrl }) };
}

/** Only where it is known of every slice of the array how it ended. */
function endedWell({ at: { array, document }, slice }: At, failures: readonly ChildFailureRecord[]): boolean {
  const { value } = document;
  const counts = 'counts' in value ? value.counts : null;
  if (counts === null || counts.succeeded + counts.failed < array.slices) return false;
  if (failures.length < counts.failed) return false;
  return !failures.some(({ child }) => array.firstSlice + child === slice);
}

/** The publication asked for its attempts, to know what they cost: the answer is kept. */
async function logOf(deps: RunDeps, run: string, { at, slice }: At): Promise<string | undefined> {
  const { value } = at.document;
  const submission = 'submission' in value ? value.submission : null;
  if (submission === null) return undefined;
  const child = slice - at.array.firstSlice;
  const attempts = (await attemptsOf(deps, run, at, submission.handle, [child])).get(child);
  return attempts === undefined || attempts === forgotten ? undefined : attempts.at(-1)?.logUrl;
}
