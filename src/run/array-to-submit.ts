import type { JobRequest } from '../engine/engine.ts';
import type { PlannedArray } from '../plan/plan.ts';
import { arrayKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import type { Errand } from './errand.ts';
import { jobRequest } from './job-request.ts';
import type { RoundRecord, RunRecord } from './records.ts';

/** One array on the errand of its submission. */
export interface ArrayToSubmit {
  readonly run: RunRecord;
  readonly round: RoundRecord;
  readonly array: PlannedArray;
  readonly key: string;
  readonly request: JobRequest;
  readonly errand: Errand;
}

export function arrayToSubmit(
  { store }: Pick<RunDeps, 'store'>,
  run: RunRecord,
  round: RoundRecord,
  array: PlannedArray,
  errand: Errand,
): ArrayToSubmit {
  const key = arrayKey(run.run, round.round, array.array);
  return { run, round, array, key, request: jobRequest(run, round, array, store.location), errand };
}

/** As the log names it. */
export const placeOf = ({ run, round, array }: ArrayToSubmit) => ({
  run: run.run,
  round: round.round,
  array: array.array,
});
