import type { JobSummary, KeyValuesPair, ListJobsRequest, ListJobsResponse } from '@aws-sdk/client-batch';
import { childDetail, jobDetail } from './describe.ts';
import type { Job } from './job.ts';
import { page } from './pages.ts';
import { Queue } from './queue.ts';
import { clientException } from './refusal.ts';
import { type Status, statuses } from './status.ts';
import type { World } from './world.ts';

/** Of a queue, or of an array's children; `undefined` of an array that is not known. AB 2.4. */
export function listJobs(
  world: World,
  request: ListJobsRequest,
  listed: Queue | Job | undefined,
  isForgotten: (job: Job, index?: number) => boolean,
): ListJobsResponse {
  const { filters, maxResults, nextToken } = request;
  const most = filters === undefined ? 1_000 : 100;
  if (maxResults !== undefined && (maxResults < 1 || maxResults > most))
    throw clientException(`maxResults must be between 1 and ${most}`);
  const status = wantedStatus(request);
  const found =
    listed instanceof Queue
      ? jobsOf(world, listed, status, oneFilter(filters)).filter((job) => !isForgotten(job))
      : childrenOf(world, listed, status, isForgotten);
  const { items, next } = page<Job | { job: Job; index: number }>(
    world,
    found,
    maxResults ?? most,
    nextToken,
  );
  return {
    jobSummaryList: items.map((item) => summaryOf(world, item)),
    ...(next === undefined ? {} : { nextToken: next }),
  };
}

/** AB 2.4: without a status only RUNNING ones; a filter ignores the status, but for SHARE_IDENTIFIER. */
function wantedStatus({ jobStatus, filters }: ListJobsRequest): Status | undefined {
  if (jobStatus !== undefined && !statuses.some((status) => status === jobStatus))
    throw clientException(`${jobStatus} is not a job status`);
  if (filters !== undefined && filters[0]?.name !== 'SHARE_IDENTIFIER') return undefined;
  return jobStatus ?? (filters === undefined ? 'RUNNING' : undefined);
}

function oneFilter(filters: readonly KeyValuesPair[] | undefined): KeyValuesPair | undefined {
  if (filters === undefined) return undefined;
  const [filter] = filters;
  if (filter === undefined || filters.length > 1) throw clientException('Exactly one filter must be given');
  return filter;
}

/** AB 2.11: a new job shows up late. Newest first. */
function jobsOf(
  world: World,
  queue: Queue,
  status: Status | undefined,
  filter: KeyValuesPair | undefined,
): Job[] {
  const now = world.timeline.now();
  return candidates(queue, filter)
    .filter(
      (job) =>
        job.listedAt <= now &&
        (status === undefined || job.status === status) &&
        (filter === undefined || passes(job, filter)),
    )
    .reverse();
}

/** An exact name is looked up: the queue of a busy account is long. */
function candidates(queue: Queue, filter: KeyValuesPair | undefined): readonly Job[] {
  const [value = ''] = filter?.values ?? [];
  if (filter?.name !== 'JOB_NAME' || value.endsWith('*')) return queue.jobs;
  return queue.byName.get(value.toLowerCase()) ?? [];
}

function passes(job: Job, { name, values }: KeyValuesPair): boolean {
  const [value = ''] = values ?? [];
  switch (name) {
    case 'JOB_NAME':
      return matches(value.toLowerCase(), (job.request.jobName ?? '').toLowerCase());
    case 'JOB_DEFINITION':
      return value.startsWith('arn:') ? value === job.definition.arn : matches(value, job.definition.name);
    case 'BEFORE_CREATED_AT':
      return job.createdAt < Number(value);
    case 'AFTER_CREATED_AT':
      return job.createdAt > Number(value);
    case 'SHARE_IDENTIFIER':
      return job.request.shareIdentifier === value;
    default:
      throw clientException(`${name} is not a filter`);
  }
}

function matches(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** AB 2.4: filters do not apply to children. */
function childrenOf(
  world: World,
  array: Job | undefined,
  status: Status | undefined,
  isForgotten: (job: Job, index?: number) => boolean,
): { job: Job; index: number }[] {
  if (array?.size === undefined || isForgotten(array)) return [];
  const spawned = array.spawned(world.timeline.now());
  return Array.from({ length: spawned }, (_, index) => ({ job: array, index })).filter(
    ({ index }) => (status === undefined || array.statusOf(index) === status) && !isForgotten(array, index),
  );
}

/** AB 2.4: no attempts and no log stream. */
function summaryOf(world: World, item: Job | { job: Job; index: number }): JobSummary {
  const detail = 'index' in item ? childDetail(world, item.job.child(item.index)) : jobDetail(world, item);
  const { jobArn, jobId, jobName, createdAt, status, statusReason, startedAt, stoppedAt } = detail;
  const { exitCode, reason } = detail.container ?? {};
  return {
    jobArn,
    jobId,
    jobName,
    createdAt,
    status,
    statusReason,
    startedAt,
    stoppedAt,
    jobDefinition: detail.jobDefinition,
    container: { exitCode, reason },
    arrayProperties: detail.arrayProperties,
    isCancelled: detail.isCancelled,
    isTerminated: detail.isTerminated,
  };
}
