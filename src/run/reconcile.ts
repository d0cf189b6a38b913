import { ConfigurationError, describeProblem } from '../errors.ts';
import type { LoadedGrid } from '../grid/grid.ts';
import { loadGrid } from '../grid/load.ts';
import { adopt, type Decision, gridDigest, readDecisions, recordDecision } from './decisions.ts';
import type { RunDeps } from './deps.ts';
import type { Launched } from './launch.ts';

export interface ReconcileRequest {
  /** A checkout of the branch's tip. */
  readonly root: string;
  readonly commit: string | null;
  /** All grid files, relative to the root. */
  readonly paths: readonly string[];
  /** Plans, waits for images, and launches. */
  readonly launch: (loaded: LoadedGrid) => Promise<Launched>;
}

export interface Reconciled {
  readonly path: string;
  /** `unchanged`: decided before. */
  readonly decision: Decision | { readonly outcome: 'unchanged' };
}

/**
 * Launches what changed since it was last decided, whatever event woke us. Safe twice at once and after a death at
 * any line: a run has the same id whoever launches it, and a decision is kept only after it was carried out. A
 * grid that cannot be launched does not stop the others.
 */
export async function reconcile(deps: RunDeps, request: ReconcileRequest): Promise<readonly Reconciled[]> {
  const { root, commit, paths } = request;
  const grids = paths.map((path) => openGrid(root, path));
  const adopted = await readDecisions(deps);
  if (adopted === undefined) {
    const digests = new Map(grids.map(({ path, digest }) => [path, digest]));
    if (await adopt(deps, digests, commit)) {
      return grids.map(({ path }) => ({ path, decision: { outcome: 'baseline' } }));
    }
  }
  const decided = adopted ?? (await readDecisions(deps)) ?? {};
  const reconciled: Reconciled[] = [];
  const faults: unknown[] = [];
  for (const grid of grids) {
    const { path, digest } = grid;
    if (decided[path]?.digest === digest) {
      reconciled.push({ path, decision: { outcome: 'unchanged' } });
      continue;
    }
    try {
      const decision = await decide(grid, request);
      await recordDecision(deps, { path, digest, commit }, decision);
      reconciled.push({ path, decision });
    } catch (error) {
      faults.push(error); // not a decision: the next time it is tried again
    }
  }
  if (faults.length > 0) throw faults[0];
  return reconciled;
}

interface Opened {
  readonly path: string;
  readonly digest: string;
  readonly loaded: LoadedGrid | ConfigurationError;
}

function openGrid(root: string, path: string): Opened {
  try {
    const loaded = loadGrid(path, { root });
    return { path, digest: gridDigest(root, path, loaded.data), loaded };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { path, digest: gridDigest(root, path, []), loaded: error };
  }
}

async function decide({ loaded }: Opened, { launch }: ReconcileRequest): Promise<Decision> {
  if (loaded instanceof ConfigurationError) return refused(loaded);
  if (loaded.grid.launch.on === 'manual') return { outcome: 'manual' };
  try {
    return decisionOf(await launch(loaded));
  } catch (error) {
    if (error instanceof ConfigurationError) return refused(error);
    throw error;
  }
}

const refused = ({ problems }: ConfigurationError): Decision => ({
  ...{ outcome: 'refused', why: problems.map(describeProblem).join('\n') },
});

/** What a launch, by event or by name, decides about its grid. */
export function decisionOf(launched: Launched): Decision {
  if (launched.outcome === 'refused') return { outcome: 'refused', why: `${launched.why}. ${launched.fix}` };
  return { outcome: 'launched', run: launched.run.run };
}
