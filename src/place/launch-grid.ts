import { execFileSync } from 'node:child_process';
import { ConfigurationError, PreflightError } from '../errors.ts';
import type { LoadedGrid } from '../grid/grid.ts';
import { findingsOf } from '../preflight/report.ts';
import { gridDigest, recordDecision } from '../run/decisions.ts';
import { readDocument } from '../run/documents.ts';
import { type Launched, launch } from '../run/launch.ts';
import { type Prepared, prepare } from '../run/prepare.ts';
import { decisionOf } from '../run/reconcile.ts';
import { runSchema } from '../run/records.ts';
import { runKey } from '../store/keys.ts';
import { plannedFrom } from './planned.ts';
import type { Workplace } from './workplace.ts';

export interface LaunchGridOptions {
  readonly set?: Readonly<Record<string, string>>;
  readonly limit?: number;
  readonly select?: string;
  readonly alongside?: boolean;
  readonly approveUsd?: number;
  /** False: the account is not looked at before. */
  readonly preflight?: boolean;
}

/** Plans and launches a grid of the repository one stands in. */
export async function launchGrid(
  place: Workplace,
  loaded: LoadedGrid,
  options: LaunchGridOptions,
): Promise<Launched> {
  const { set, limit, select } = options;
  const launched = await launchAs(place, loaded, options);
  // A trial, or constants of the command line, decide nothing about the grid as it stands in the repository.
  if (set === undefined && limit === undefined && select === undefined) {
    const { deps, root } = place;
    const digest = gridDigest(root, loaded.path, loaded.data);
    await recordDecision(deps, { path: loaded.path, digest, commit: commitOf(root) }, decisionOf(launched));
  }
  return launched;
}

async function launchAs(place: Workplace, loaded: LoadedGrid, options: LaunchGridOptions): Promise<Launched> {
  const { limit, select } = options;
  const prepared = await prepare(place.deps, {
    ...{ loaded, identify: place.identify },
    ...(limit !== undefined && { limit }),
    ...(select !== undefined && { select }),
  });
  return launchPrepared(place, loaded, prepared, options);
}

/** Launches a plan of the repository one stands in, and decides nothing about its grid. */
export async function launchPrepared(
  place: Workplace,
  loaded: LoadedGrid,
  prepared: Prepared,
  { alongside, approveUsd, preflight }: Omit<LaunchGridOptions, 'set' | 'limit' | 'select'>,
): Promise<Launched> {
  const { deps, root, refuse } = place;
  // Before the run is written: it would have nothing to run, or nowhere to run it.
  const { classes } = prepared.plan;
  const refusal = await refuse({
    images: Object.values(prepared.images),
    queues: [...new Set(classes.map(({ queue, queueId = queue }) => queueId))],
  });
  if (refusal !== undefined) throw new ConfigurationError({ file: loaded.path, ...refusal });
  if (preflight !== false) await lookAtAccount(place, loaded, prepared);
  return launch(deps, {
    ...{ loaded, prepared, root, commit: commitOf(root), alongside: alongside === true },
    ...(approveUsd !== undefined && { approvedUsd: approveUsd }),
  });
}

/** Throws `PreflightError`. A run that exists goes on whatever the account has come to: it watches itself. */
async function lookAtAccount(
  { deps, preflight }: Workplace,
  loaded: LoadedGrid,
  prepared: Prepared,
): Promise<void> {
  if (preflight === undefined) return;
  if ((await readDocument(deps.store, runKey(prepared.run), runSchema)) !== undefined) return;
  const { checks } = await preflight([plannedFrom(deps, loaded, prepared)], true);
  const errors = findingsOf(checks, 'error');
  if (errors.length > 0) throw new PreflightError(errors);
  const refused = new Set(checks.flatMap(({ notDone }) => notDone.map(({ action }) => action)));
  deps.log({
    kind: 'preflight',
    warnings: findingsOf(checks, 'warning').map(({ code }) => code),
    refused: [...refused].sort(),
  });
}

/** The commit checked out; null outside git. */
export function commitOf(root: string): string | null {
  try {
    const head = execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return head.toString().trim();
  } catch {
    return null;
  }
}
