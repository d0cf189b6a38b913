import type { LoadedGrid } from '../grid/grid.ts';
import { firstInputs, type PlannedGrid } from '../preflight/wanted-of.ts';
import { type Prepared, prepare } from '../run/prepare.ts';
import type { Workplace } from './workplace.ts';

/** A grid as preflight looks at it, planned as `muster plan` does: the store may be silent. */
export async function planned(
  deps: Workplace['deps'],
  loaded: LoadedGrid,
  identify: Workplace['identify'],
): Promise<PlannedGrid> {
  return plannedFrom(loaded, await prepare(deps, { loaded, identify, withoutStore: true }));
}

export const plannedFrom = (loaded: LoadedGrid, { plan, images, run }: Prepared): PlannedGrid => ({
  ...{ plan, images, inputs: firstInputs(loaded, run) },
});
