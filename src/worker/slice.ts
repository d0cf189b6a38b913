import type { Combination } from '../grid/combination.ts';
import type { Failure, FragmentEntry } from '../results/fragment.ts';
import { isCancelling } from './assignment.ts';
import { Interrupted, workOn } from './combination.ts';
import type { SliceContext, Unit } from './context.ts';
import type { FragmentWriter } from './fragments.ts';
import { oneLine } from './trouble.ts';

/** Works through the slice, one unit after the other, until its end or an interruption. */
export async function workThrough(
  context: SliceContext,
  units: readonly Unit[],
  writer: FragmentWriter,
  failures: Failure[],
): Promise<void> {
  const { interrupt, deps } = context;
  for (const unit of units) {
    if (await shouldCancel(context)) interrupt.raise('cancelled');
    if (interrupt.reason !== undefined) return;
    try {
      const entries = await workOn(context, unit);
      writer.add(entries);
      const [entry] = entries;
      if (entry === undefined) continue;
      deps.log(describe(unit.first, entry));
      if (entry.failure !== null) failures.push(entry.failure);
    } catch (error) {
      if (error instanceof Interrupted) return;
      throw error;
    }
  }
}

/** A store that cannot be read now does not stop the work; storing its outputs will tell. */
async function shouldCancel({ store, settings, deps }: SliceContext): Promise<boolean> {
  try {
    return await isCancelling(store, settings.run);
  } catch (error) {
    deps.log(`the state of the run could not be read: ${oneLine(error)}`);
    return false;
  }
}

/** What is left to do. A program that takes the whole slice is started again unless all of it is settled. */
export function unitsOf(
  combinations: readonly Combination[],
  per: 'combination' | 'slice',
  settled: ReadonlySet<number>,
): readonly Unit[] {
  const open = combinations.filter((combination) => !settled.has(combination.index));
  const [first] = combinations;
  if (per === 'combination')
    return open.map((combination) => ({ first: combination, combinations: [combination] }));
  return open.length === 0 || first === undefined ? [] : [{ first, combinations }];
}

/** One line for the job's log. */
function describe(combination: Combination, entry: FragmentEntry): string {
  const seconds = `${entry.usage.totalSeconds.toFixed(1)} s`;
  const name = `[${combination.index}] ${combination.label}`;
  if (entry.failure === null) return `${name}: succeeded in ${seconds}`;
  return `${name}: failed in ${seconds}: ${entry.failure.class}: ${entry.failure.message}`;
}
