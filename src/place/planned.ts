import { ConfigurationError, RemoteError } from '../errors.ts';
import type { LoadedGrid } from '../grid/grid.ts';
import { firstInputs, type PlannedGrid } from '../preflight/wanted-of.ts';
import { allowance, judgeMoney } from '../run/allowance.ts';
import { plannedRequests } from '../run/planned-requests.ts';
import { type Prepared, prepare } from '../run/prepare.ts';
import type { Workplace } from './workplace.ts';

/** A grid as preflight looks at it, planned as `muster plan` does: the store may be silent. */
export async function planned(
  deps: Workplace['deps'],
  loaded: LoadedGrid,
  identify: Workplace['identify'],
): Promise<PlannedGrid> {
  const prepared = await prepare(deps, { loaded, identify, withoutStore: true });
  const refused = await moneyRefusal(deps, loaded, prepared);
  return { ...plannedFrom(deps, loaded, prepared), refused };
}

/** The limits of the month are in the store, which may be silent. */
async function moneyRefusal(
  deps: Workplace['deps'],
  { grid }: LoadedGrid,
  { plan, run }: Prepared,
): Promise<NonNullable<PlannedGrid['refused']>> {
  try {
    const allowed = await allowance(deps, run, grid.budget?.usd ?? null, undefined);
    return { known: true, value: judgeMoney(plan.estimate, allowed) };
  } catch (error) {
    if (!(error instanceof RemoteError || error instanceof ConfigurationError)) throw error;
    return { known: false, action: 's3:GetObject', why: error.message };
  }
}

/** Without what may be spent: a launch judges that itself. */
export function plannedFrom(
  { store }: Pick<Workplace['deps'], 'store'>,
  loaded: LoadedGrid,
  prepared: Prepared,
): PlannedGrid {
  const { plan, images, run } = prepared;
  const requests = plannedRequests(loaded, prepared, store.location);
  return { plan, images, inputs: firstInputs(loaded, run), requests };
}
