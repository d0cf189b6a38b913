import type { Diagnosis } from '../engine.ts';
import { hasEnded, type JobProgress } from './job-progress.ts';
import { inOrder } from './schedule.ts';

export interface Surroundings {
  /** Of the job table, as people know it. */
  readonly directory: string;
  readonly isHosted: boolean;
  /** vCPUs that run at once. */
  readonly parallel: number;
  readonly memoryMib: number;
  /** All jobs of the table that have not ended. */
  readonly unfinished: readonly JobProgress[];
}

/** Why nothing of this job runs, in plain words. */
export function explainJob(job: JobProgress, around: Surroundings): Diagnosis | undefined {
  if (hasEnded(job)) return undefined;
  if (!around.isHosted) {
    return {
      code: 'NOT_HOSTED',
      summary: `No process is working through ${around.directory}.`,
      fix: 'Run `muster watch --follow`, or the same `muster run` again: it goes on where the last one ended.',
    };
  }
  return explainMemory(job, around) ?? (job.running > 0 ? undefined : explainWait(job, around));
}

function explainMemory({ job }: JobProgress, { memoryMib }: Surroundings): Diagnosis | undefined {
  const wanted = job.resources.memoryMib;
  if (wanted <= memoryMib) return undefined;
  return {
    code: 'MEMORY_ABOVE_MACHINE',
    summary: `A slice asks for ${wanted} MiB of memory and this machine has ${memoryMib} MiB: it runs, but may be killed.`,
    fix: 'Ask for less memory in the grid, or run it where there is more.',
  };
}

function explainWait(job: JobProgress, { parallel, unfinished }: Surroundings): Diagnosis | undefined {
  const ahead = unfinished.filter((other) => other !== job && inOrder(other.job, job.job) < 0);
  const slices = ahead.reduce(
    (sum, { job: { size }, succeeded, failed }) => sum + size - succeeded - failed,
    0,
  );
  const { vcpus } = job.job.resources;
  if (slices > 0) {
    const wide = vcpus > parallel ? ' It asks for more than that, so it will run alone.' : '';
    return {
      code: 'WAITING',
      summary: `${slices} slices submitted earlier come first; ${parallel} vCPUs run at once here.${wide}`,
      fix: 'Wait, cancel the earlier run, or allow more at once with `--parallel`.',
      wait: true,
    };
  }
  return undefined;
}
