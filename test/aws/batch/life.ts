import { Attempt } from './attempt.ts';
import type { Child } from './child.ts';
import type { Job } from './job.ts';
import type { Queue } from './queue.ts';
import { type Ending, isRetried } from './retry.ts';
import { Container } from './running-attempt.ts';
import { changed } from './summary.ts';
import { after, draw, type World } from './world.ts';

/** Seconds between SIGTERM and SIGKILL (AB 2.8, 9). */
const grace = 30;
/** The status reason of what ended by itself (AB 9). */
const exited = 'Essential container in task exited';

/** AB 2.3: SUBMITTED, then PENDING while children are spawned, then RUNNABLE all together. */
export function begin(world: World, job: Job): void {
  after(world, world.lags.submitted, () => {
    const from = world.timeline.now();
    const to = from + draw(world, world.lags.pending);
    job.phase = 'PENDING';
    job.spawning = { from, to };
    changed(world, job);
    world.timeline.at(to, () => {
      job.phase = 'RUNNABLE';
      changed(world, job);
      job.queue.enqueue(job);
      place(world, job.queue);
    });
  });
}

/** Places what fits, in order, until the head of the queue has to wait. */
export function place(world: World, queue: Queue): void {
  for (let head = queue.head(); head !== undefined && queue.admits(head); head = queue.head())
    placeChild(world, head);
  if (queue.headSeen(world.timeline.now())) limitTimeAtHead(world, queue);
}

/** AB 4.5: what the operator of a queue wants done with a job that blocks it for too long. */
function limitTimeAtHead(world: World, queue: Queue): void {
  const head = queue.head();
  for (const { reason = '', maxTimeSeconds = 0 } of queue.detail.jobStateTimeLimitActions ?? [])
    world.timeline.at(queue.headSince + maxTimeSeconds * 1000, () => {
      if (head === undefined || queue.blockedReason(world, head)?.startsWith(reason) !== true) return;
      const words = `Canceled by JobStateTimeLimit action due to reason: ${reason}`;
      head.stop = { how: 'cancelled', reason: words };
      endChild(world, head, 'FAILED', words);
      place(world, queue);
    });
}

function placeChild(world: World, child: Child): void {
  child.job.queue.take(child);
  if (!child.holds) for (const { consumable, quantity } of child.job.needs) consumable.held += quantity;
  child.holds = true;
  child.move('STARTING');
  changed(world, child.job);
  const attempt = new Attempt(child, world.serial());
  child.current = attempt;
  after(world, world.lags.starting, () => startContainer(world, attempt));
}

function startContainer(world: World, attempt: Attempt): void {
  if (!attempt.isCurrent) return;
  const { job } = attempt.child;
  const unpulled = world.pull(job.definition.container.image ?? '');
  const wrong = wrongTask(job);
  if (wrong !== undefined) refuseTask(world, attempt, wrong);
  else if (unpulled === undefined) run(world, attempt);
  else finish(world, attempt, { reason: unpulled, statusReason: 'Task failed to start' });
}

function run(world: World, attempt: Attempt): void {
  const { child } = attempt;
  const { job } = child;
  attempt.startedAt = world.timeline.now();
  // AB 8: the first 200 characters of the definition's name, and the task.
  attempt.logStream = `${job.definition.name.slice(0, 200)}/default/${attempt.task}`;
  world.logs.open(job.definition.logGroup, attempt.logStream);
  child.move('RUNNING');
  changed(world, job);
  const { timeoutSeconds } = job;
  if (timeoutSeconds !== undefined)
    world.timeline.at(attempt.startedAt + timeoutSeconds * 1000, () =>
      stopContainer(world, attempt, 'Job attempt duration exceeded timeout'),
    );
  world.start(new Container(world, attempt, (of, exitCode, reason) => exit(world, of, exitCode, reason)));
}

function exit(world: World, attempt: Attempt, exitCode: number, reason: string | undefined): void {
  const said = reason === undefined ? {} : { reason: reason.slice(0, 255) };
  finish(world, attempt, { exitCode, statusReason: exited, ...said });
}

/** What ECS does not take, and SubmitJob took: it only shows now (AB 2.6, 2.7). */
function wrongTask({ request, definition }: Job): string | undefined {
  if (JSON.stringify(request.containerOverrides ?? {}).length > 8_192)
    return 'Container Overrides length must be at most 8192';
  const propagated = request.propagateTags ?? definition.request.propagateTags ?? false;
  const tags = Object.keys({ ...definition.request.tags, ...request.tags });
  return propagated && tags.length > 50 ? 'Tags can not have more than 50 entries' : undefined;
}

/** No attempt took place. AB 2.9: what is invalid is not retried. */
function refuseTask(world: World, { child }: Attempt, reason: string): void {
  child.current = undefined;
  child.job.queue.release(child);
  endChild(world, child, 'FAILED', reason);
  place(world, child.job.queue);
}

/** SIGTERM, and SIGKILL 30 s later. Whatever it exits with then, Batch says `reason`, and never retries (AB 2.9). */
export function stopContainer(world: World, attempt: Attempt, reason: string): void {
  if (!attempt.isCurrent || attempt.stopReason !== undefined) return;
  attempt.stopReason = reason;
  interrupt(world, attempt);
}

/** SIGTERM, and SIGKILL 30 s later. */
export function interrupt(world: World, attempt: Attempt): void {
  for (const callback of attempt.onTerminate) if (attempt.isCurrent) callback();
  after(world, grace, () => {
    if (attempt.isCurrent) vanish(world, attempt, { exitCode: 137, statusReason: exited });
  });
}

/** It ends without a chance to do anything more. */
export function vanish(world: World, attempt: Attempt, ending: Ending): void {
  finish(world, attempt, ending);
  for (const callback of attempt.onKilled) callback();
}

/** The end of an attempt, and what follows from it. */
function finish(world: World, attempt: Attempt, ending: Ending): void {
  // A container that was killed says nothing any more.
  if (!attempt.isCurrent) return;
  const { child, stopReason } = attempt;
  const { job } = child;
  child.current = undefined;
  attempt.stoppedAt = world.timeline.now();
  attempt.ending = stopReason === undefined ? ending : { ...ending, statusReason: stopReason };
  child.finished.push(attempt);
  job.queue.release(child);
  const attempts = job.retryStrategy?.attempts ?? 1;
  if (stopReason !== undefined) endChild(world, child, 'FAILED', stopReason);
  else if (ending.exitCode === 0) endChild(world, child, 'SUCCEEDED', ending.statusReason);
  else if (isRetried(job.retryStrategy, attempts, child.finished.length, ending)) retry(world, child);
  else endChild(world, child, 'FAILED', ending.statusReason);
  place(world, job.queue);
}

function retry(world: World, child: Child): void {
  child.move('RUNNABLE');
  child.job.queue.enqueueAgain(child);
  changed(world, child.job);
}

/** AB 2.12: what a child held is free for others, in other queues too; its own is looked at by whoever ended it. */
function giveBack(world: World, { job, holds }: Child): void {
  for (const { consumable, quantity } of job.needs) {
    if (holds) consumable.held -= quantity;
    if (job.childrenEnded()) consumable.users.delete(job);
    for (const { queue } of consumable.users) if (queue !== job.queue) place(world, queue);
  }
}

export function endChild(world: World, child: Child, status: 'SUCCEEDED' | 'FAILED', reason: string): void {
  const { job } = child;
  child.move(status);
  child.statusReason = reason;
  child.stoppedAt = world.timeline.now();
  changed(world, job);
  giveBack(world, child);
  if (job.size === undefined || !job.childrenEnded()) return;
  after(world, world.lags.parent, () => {
    const at = world.timeline.now();
    // AB 2.3: the cause is only on the children.
    job.end = job.anyFailed()
      ? { status: 'FAILED', reason: job.stop?.reason ?? 'Array Child Job failed', at }
      : { status: 'SUCCEEDED', at };
  });
}
