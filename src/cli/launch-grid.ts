import { execFileSync } from 'node:child_process';
import { ConfigurationError } from '../errors.ts';
import type { LoadedGrid } from '../grid/grid.ts';
import { gridDigest, recordDecision } from '../run/decisions.ts';
import { type Launched, launch } from '../run/launch.ts';
import { prepare } from '../run/prepare.ts';
import { decisionOf } from '../run/reconcile.ts';
import type { Workplace } from './workplace.ts';

interface LaunchGridOptions {
  readonly set?: Readonly<Record<string, string>>;
  readonly limit?: number;
  readonly select?: string;
  readonly alongside?: boolean;
  readonly approveUsd?: number;
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

async function launchAs(
  { deps, root, identify, refuse }: Workplace,
  loaded: LoadedGrid,
  { limit, select, alongside, approveUsd }: LaunchGridOptions,
): Promise<Launched> {
  const prepared = await prepare(deps, {
    loaded,
    identify,
    ...(limit !== undefined && { limit }),
    ...(select !== undefined && { select }),
  });
  // Before the run is written: it would have nothing to run, or nowhere to run it.
  const { classes } = prepared.plan;
  const refusal = await refuse({
    images: Object.values(prepared.images),
    queues: [...new Set(classes.map(({ queue, queueId = queue }) => queueId))],
  });
  if (refusal !== undefined) throw new ConfigurationError({ file: loaded.path, ...refusal });
  return launch(deps, {
    ...{ loaded, prepared, root, commit: commitOf(root), alongside: alongside === true },
    ...(approveUsd !== undefined && { approvedUsd: approveUsd }),
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
