import { requireRegion } from '../../aws/region.ts';
import type { Engine, JobHandle, JobRequest } from '../engine.ts';
import { childAttempts, childId } from './attempts.ts';
import { cancelJob } from './cancel.ts';
import { type BatchClients, openClients } from './clients.ts';
import { describeJobs } from './describe-jobs.ts';
import { explainJob } from './explain.ts';
import { failedChildren } from './failures.ts';
import { findJobs } from './find.ts';
import { batchLimits } from './limits.ts';
import { jobCommand, jobUrl } from './links.ts';
import { logTail } from './log-tail.ts';
import { observeJobs } from './observe.ts';
import type { BatchSettings } from './settings.ts';
import { Submitter } from './submit.ts';

export type { BatchQueue, BatchSettings } from './settings.ts';

/** AWS Batch on EC2. Asks AWS nothing yet; throws `ConfigurationError` where no region is known. */
export async function openBatchEngine(settings: BatchSettings): Promise<Engine> {
  const region = await requireRegion({ region: settings.region });
  return new BatchEngine(await openClients({ aws: settings.aws, region }), { ...settings, region });
}

class BatchEngine implements Engine {
  readonly name = 'aws-batch';
  readonly limits = batchLimits;
  readonly #clients: BatchClients;
  readonly #settings: BatchSettings;
  readonly #submitter: Submitter;

  constructor(clients: BatchClients, settings: BatchSettings) {
    this.#clients = clients;
    this.#settings = settings;
    this.#submitter = new Submitter(clients, settings);
  }

  submit(request: JobRequest) {
    return this.#submitter.submit(request);
  }

  find(name: string, queue: string) {
    return findJobs(this.#clients, name, queue);
  }

  observe(handles: readonly JobHandle[]) {
    return observeJobs(this.#clients, handles, this.#settings.clock?.() ?? new Date());
  }

  failures(handle: JobHandle, known: ReadonlySet<number>) {
    return failedChildren(this.#clients, this.#settings, handle, known);
  }

  attempts(handle: JobHandle, children: readonly number[]) {
    return childAttempts(this.#clients, this.#settings, handle, children);
  }

  cancel(handle: JobHandle, reason: string) {
    return cancelJob(this.#clients, handle, reason);
  }

  explain(handle: JobHandle) {
    return explainJob(this.#clients, this.#settings, handle);
  }

  async logTail(handle: JobHandle, child: number, lines: number) {
    if (lines < 1) return [];
    const id = childId(handle, child);
    const job = (await describeJobs(this.#clients, [id])).get(id);
    // That of the job is the latest attempt's, which need not have ended (AB 2.5 [MEM]).
    const stream = job?.container?.logStreamName ?? job?.attempts?.at(-1)?.container?.logStreamName;
    return stream === undefined ? [] : logTail(this.#clients, this.#settings, stream, lines);
  }

  jobUrl(handle: JobHandle, child?: number): string {
    return jobUrl(this.#settings, child === undefined ? handle.jobId : childId(handle, child));
  }

  jobCommand(handle: JobHandle, child?: number): string {
    return jobCommand(this.#settings, child === undefined ? handle.jobId : childId(handle, child));
  }
}
