import type { Attempt } from './attempt.ts';
import type { Child } from './child.ts';
import type { Job } from './job.ts';
import { endChild, place, stopContainer } from './life.ts';
import type { Stop } from './status.ts';
import { after, type World } from './world.ts';

/** A job, or one child of an array. */
export type Target = { readonly job: Job; readonly index?: number };

/**
 * AB 2.10: a cancel reaches what waits, a termination everything; both reach all children of a parent, later, and are
 * accepted also where nothing is left to stop.
 */
export function stop(world: World, { job, index }: Target, { how, reason }: Stop): void {
  const asked: Stop = { how, reason };
  if (index === undefined && !isEnded(job) && (how === 'terminated' || job.size !== undefined))
    job.stop ??= asked;
  after(world, world.lags.stopping, () => {
    if (index !== undefined) stopChild(world, job.child(index), asked);
    else for (let each = 0; each < job.width; each++) stopChild(world, job.child(each), asked);
    place(world, job.queue);
  });
}

function isEnded(job: Job): boolean {
  return job.status === 'SUCCEEDED' || job.status === 'FAILED';
}

function stopChild(world: World, child: Child, asked: Stop): void {
  if (child.ended) return;
  // AB 2.10: what waits is cancelled, by a termination too.
  if (child.current === undefined) endStopped(world, child, { how: 'cancelled', reason: asked.reason });
  else if (asked.how === 'terminated') terminate(world, child, child.current, asked);
}

function terminate(world: World, child: Child, current: Attempt, asked: Stop): void {
  if (current.startedAt === undefined) {
    child.current = undefined;
    child.job.queue.release(child);
    endStopped(world, child, asked);
  } else {
    child.stop = asked;
    stopContainer(world, current, asked.reason);
  }
}

function endStopped(world: World, child: Child, asked: Stop): void {
  child.stop = asked;
  endChild(world, child, 'FAILED', asked.reason);
}
