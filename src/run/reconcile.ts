import { ConfigurationError, describeProblem } from '../errors.ts';
import type { LoadedGrid } from '../grid/grid.ts';
import { adopt, type Decision, type Decisions, readDecisions, recordDecision } from './decisions.ts';
import type { RunDeps } from './deps.ts';
import { type GridFile, readGrid } from './grid-file.ts';
import type { Launched } from './launch.ts';

export interface ReconcileRequest {
  /** A checkout of the branch's tip. */
  readonly root: string;
  readonly commit: string | null;
  /** All grid files, relative to the root. */
  readonly paths: readonly string[];
  /** Plans, waits for images, and launches. */
  readonly launch: (loaded: LoadedGrid) => Promise<Launched | Left>;
  /** Launched whatever was decided about them. */
  readonly named?: ReadonlySet<string>;
}

/** No decision: the next time it is tried again. */
export interface Left {
  readonly outcome: 'left';
  readonly kind: 'held' | 'refused' | 'superseded';
  readonly why: string;
}

export interface Reconciled {
  readonly path: string;
  /** `unchanged`: decided before. */
  readonly decision: Decision | Left | { readonly outcome: 'unchanged' };
}

/** One that could not be carried out; the next time it is tried again. */
export type ReconciledOrFault = Reconciled | { readonly path: string; readonly fault: unknown };

/**
 * Launches what changed since it was last decided, whatever event woke us. Safe twice at once and after a death at
 * any line: a run has the same id whoever launches it, and a decision is kept only after it was carried out. A
 * grid that cannot be launched does not stop the others.
 */
export async function reconcile(deps: RunDeps, request: ReconcileRequest): Promise<readonly Reconciled[]> {
  const all = await reconcileAll(deps, request);
  const reconciled = all.filter((one) => 'decision' in one);
  const [fault] = all.filter((one) => 'fault' in one);
  if (fault !== undefined) throw fault.fault;
  return reconciled;
}

/** The same, with what went wrong of each grid beside what was decided about the others. */
export async function reconcileAll(
  deps: RunDeps,
  request: ReconcileRequest,
): Promise<readonly ReconciledOrFault[]> {
  const { root, commit, paths, named = new Set<string>() } = request;
  const grids = paths.map((path) => readGrid(root, path));
  const adopted = await readDecisions(deps);
  if (adopted === undefined) {
    const digests = new Map(grids.map(({ path, digest }) => [path, digest]));
    const others = grids.filter(({ path }) => !named.has(path));
    if (await adopt(deps, digests, commit)) {
      const baseline = others.map(({ path }) => ({ path, decision: { outcome: 'baseline' } as const }));
      const own = grids.filter(({ path }) => named.has(path));
      return [...baseline, ...(await decideAll(deps, request, own, {}))];
    }
  }
  const decided = adopted ?? (await readDecisions(deps)) ?? {};
  return decideAll(deps, request, grids, decided);
}

async function decideAll(
  deps: RunDeps,
  request: ReconcileRequest,
  grids: readonly GridFile[],
  decided: Decisions,
): Promise<readonly ReconciledOrFault[]> {
  const { commit, named } = request;
  const reconciled: ReconciledOrFault[] = [];
  for (const grid of grids) {
    const { path, digest } = grid;
    if (decided[path]?.digest === digest && named?.has(path) !== true) {
      reconciled.push({ path, decision: { outcome: 'unchanged' } });
      continue;
    }
    try {
      const decision = await decide(grid, request);
      if (decision.outcome !== 'left') await recordDecision(deps, { path, digest, commit }, decision);
      reconciled.push({ path, decision });
    } catch (fault) {
      reconciled.push({ path, fault });
    }
  }
  return reconciled;
}

async function decide(
  { path, loaded }: GridFile,
  { launch, named }: ReconcileRequest,
): Promise<Decision | Left> {
  if (loaded instanceof ConfigurationError) return refused(loaded);
  if (loaded.grid.launch.on === 'manual' && named?.has(path) !== true) return { outcome: 'manual' };
  try {
    const launched = await launch(loaded);
    return launched.outcome === 'left' ? launched : decisionOf(launched);
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
