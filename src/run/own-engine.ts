import type { Observation } from '../engine/engine.ts';
import { ConfigurationError } from '../errors.ts';
import type { RunDeps } from './deps.ts';
import type { ArrayAt } from './observe.ts';
import type { Phase, RunRecord } from './records.ts';

/**
 * The run's slices belong to another engine, or to another machine. The one that was asked knows nothing of its jobs,
 * and what it does not know would look as if it were over.
 */
export class ForeignRunError extends ConfigurationError {}

/** Says why a run is not of the engine that was asked, if so. */
export function foreignRun(
  { engine }: Pick<RunDeps, 'engine'>,
  { run, provenance }: RunRecord,
): ForeignRunError | undefined {
  const own = provenance.engine;
  if (own === engine.name) return undefined;
  return new ForeignRunError({
    file: run,
    message: `its slices run on engine \`${own}\`; this is \`${engine.name}\`, which knows nothing of them`,
    fix: `Say --engine ${own}, or choose it in muster.yaml.`,
  });
}

/** For whatever ends, stops, or adds to a run. */
export function refuseForeign(deps: Pick<RunDeps, 'engine'>, run: RunRecord): void {
  const foreign = foreignRun(deps, run);
  if (foreign !== undefined) throw foreign;
}

/** What one machine does not know of another one's jobs says nothing about them, unless a person gave the run up. */
export function refuseElsewhere(
  { run }: RunRecord,
  { phase }: Phase,
  arrays: readonly ArrayAt[],
  observations: ReadonlyMap<string, Observation>,
): void {
  if (phase === 'cancelling') return;
  for (const { document } of arrays) {
    const { value } = document;
    if (value.state !== 'submitted') continue;
    const seen = observations.get(value.submission.handle.jobId);
    if (seen?.state !== 'gone' || seen.elsewhere === undefined) continue;
    throw new ForeignRunError({
      file: run,
      message: seen.elsewhere,
      fix: 'Watch it where it was launched. If that is lost, cancel it: what has succeeded is published as partial.',
    });
  }
}
