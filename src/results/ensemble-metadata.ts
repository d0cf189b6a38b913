import type { OutputRule } from '../grid/grid.ts';
import { openDigestFile } from './digest-file.ts';
import type { OutputRecord } from './fragment.ts';
import { mainOutput } from './main-output.ts';
import type { Outcome } from './outcome.ts';

/**
 * `ensemble_metadata.json`: the field names that existing readers open (facts on system A: `runs[].status`,
 * `output_file`, `params`, ...), and our provenance beside them.
 */

export interface EnsembleContext {
  readonly run: string;
  readonly grid: string;
  /** Commit of the repository that the run was launched from. */
  readonly commit: string | null;
  /** ISO 8601. */
  readonly creationTime: string;
  /** Keys of the merged fragments. */
  readonly sourceFiles: readonly string[];
  readonly outputRules: readonly OutputRule[];
  /** What a reader opens. */
  readonly locate: (output: OutputRecord, outcome: Outcome) => string;
  /** More about the whole set, under `muster`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface EnsembleMetadata {
  add(outcome: Outcome): void;
  close(): { readonly size: number; readonly sha256: string };
}

/** Writes a new file front to back, one run a line: nothing but the current run is held. */
export function openEnsembleMetadata(path: string, context: EnsembleContext): EnsembleMetadata {
  const { run, grid, commit, creationTime, sourceFiles, more } = context;
  const file = openDigestFile(path);
  const shared = sharedParameters();
  let total = 0;
  const head = {
    creation_time: creationTime,
    source_metadata_files: sourceFiles,
    n_source_files: sourceFiles.length,
    muster: { run, grid, commit, ...more },
  };
  file.write(`${JSON.stringify(head).slice(0, -1)},"runs":[`);
  return {
    add(outcome) {
      file.write(`${total === 0 ? '\n' : ',\n'}${JSON.stringify(runOf(outcome, context))}`);
      shared.see(outcome);
      total += 1;
    },
    close() {
      file.write(`\n],${JSON.stringify({ total_runs: total, ...shared.fields() }).slice(1)}\n`);
      return file.close();
    },
  };
}

const statuses = { succeeded: 'success', failed: 'failed', missing: 'missing' } as const;

function runOf(outcome: Outcome, context: EnsembleContext): Readonly<Record<string, unknown>> {
  const { combination, state, failure, endedAt, outputs } = outcome;
  const output = state === 'succeeded' ? mainOutput(outputs, context.outputRules) : undefined;
  return {
    run_id: combination.label,
    params: { run_id: combination.label, ...combination.parameters },
    ...(output && { output_file: context.locate(output, outcome) }),
    status: statuses[state],
    ...(state !== 'succeeded' && { error: failure?.message ?? 'Nothing was reported for this combination.' }),
    ...(failure && { error_class: failure.class }),
    timestamp: endedAt ?? null,
    index: combination.index,
    id: combination.id,
    ...provenanceOf(outcome, context),
  };
}

function provenanceOf({ source, usage, ...outcome }: Outcome, { run, commit }: EnsembleContext) {
  return {
    run: source?.run ?? null,
    commit: source?.run === run ? commit : null,
    image: source?.image ?? null,
    definition: source?.definition ?? null,
    worker: source?.worker ?? null,
    round: source?.round ?? null,
    slice: source?.slice ?? null,
    job: source?.job ?? null,
    attempt: source?.attempt ?? null,
    instance: source?.host ?? null,
    instance_type: source?.instanceType ?? null,
    seconds: usage?.seconds ?? null,
    total_seconds: usage?.totalSeconds ?? null,
    cpu_seconds: usage?.cpuSeconds ?? null,
    peak_memory_bytes: usage?.peakMemoryBytes ?? null,
    attempts: outcome.attempts,
    wasted_seconds: outcome.wastedSeconds,
    cost_usd: outcome.cost,
  };
}

/** Upstream's field, and the parameters that hold the same, by preference. */
const upstreamFields = [
  ['compas_binary', ['compas_binary']],
  ['n_systems_per_run', ['n_systems_per_run', 'n_systems']],
] as const;

/**
 * Upstream says once what holds for all runs. It is said here only where it does hold: in a mixed ensemble the field
 * is left out, since upstream's readers would believe the value of whichever run came last.
 */
function sharedParameters() {
  const values = new Map<string, unknown>();
  const mixed = new Set<string>();
  let first = true;
  return {
    see({ combination: { parameters } }: Outcome) {
      for (const [field, names] of upstreamFields) {
        const name = names.find((each) => Object.hasOwn(parameters, each));
        const value = name === undefined ? undefined : parameters[name];
        if (first) values.set(field, value);
        else if (JSON.stringify(values.get(field)) !== JSON.stringify(value)) mixed.add(field);
      }
      first = false;
    },
    fields: () =>
      Object.fromEntries([...values].filter(([field, value]) => value !== undefined && !mixed.has(field))),
  };
}
