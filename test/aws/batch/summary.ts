import type { Job } from './job.ts';
import type { StatusCounts } from './status.ts';
import { after, type World } from './world.ts';

/** AB 2.3: the parent's summary follows its children some time later, and knows nothing of the parent's own status. */
export function changed(world: World, job: Job): void {
  if (job.size === undefined || job.summaryIsDue || world.lags.summary === 0) return;
  job.summaryIsDue = true;
  after(world, world.lags.summary, () => {
    job.summaryIsDue = false;
    const at = world.timeline.now();
    job.summary = { counts: job.counts(at), at };
  });
}

/** Nothing before the first refresh. */
export function shownSummary(
  world: World,
  job: Job,
): { readonly counts: Partial<StatusCounts>; readonly at: number } | undefined {
  const now = world.timeline.now();
  return world.lags.summary === 0 ? { counts: job.counts(now), at: now } : job.summary;
}
