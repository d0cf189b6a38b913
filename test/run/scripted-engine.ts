import {
  type ChildFailure,
  type Counts,
  type Diagnosis,
  type Engine,
  type EngineAttempt,
  type EngineLimits,
  type FoundJob,
  type JobHandle,
  type JobRequest,
  noCounts,
  type Observation,
  type SubmitOutcome,
} from '../../src/engine/engine.ts';

/** An engine whose every answer a test decides: what it was asked is in `calls`, what exists is in `jobs`. */
export class ScriptedEngine implements Engine {
  readonly name = 'scripted';
  limits: EngineLimits = {
    arraySize: { min: 2, max: 10_000 },
    attempts: { min: 1, max: 10 },
    remembersDays: 7,
    listingLag: 60,
    submitSeconds: 55,
    explainIsFree: false,
  };
  readonly jobs = new Map<
    string,
    { request: JobRequest; counts: Counts; ended: boolean; cancelled?: string }
  >();
  readonly failed = new Map<string, ChildFailure[]>();
  /** Attempts of children that did not fail, by job. */
  readonly known = new Map<string, ReadonlyMap<number, readonly EngineAttempt[]>>();
  readonly calls: string[] = [];
  /** What the next submissions do; `submitted` when there is none. */
  readonly script: ('submitted' | 'throttled' | 'refused' | 'rejected' | 'lost answer' | 'lost request')[] =
    [];
  /** Runs when SubmitJob was called, before it answers: to kill, cancel or race. */
  onSubmit: (request: JobRequest) => void | Promise<void> = () => {};
  /** When all counts were true. */
  countsAt = '2026-01-01T00:00:00.000Z';
  #next = 1;

  async submit(request: JobRequest): Promise<SubmitOutcome> {
    this.calls.push(`submit ${request.name}`);
    const answer = this.script.shift() ?? 'submitted';
    const handle = answer === 'submitted' || answer === 'lost answer' ? this.create(request) : undefined;
    await this.onSubmit(request);
    if (answer === 'throttled') return { outcome: 'throttled' };
    if (answer === 'refused')
      return { outcome: 'refused', reason: 'the queue is disabled', fix: 'Enable it.' };
    if (answer === 'rejected') return { outcome: 'rejected', reason: 'the definition is wrong' };
    if (handle === undefined || answer === 'lost answer')
      return { outcome: 'ambiguous', reason: 'timed out' };
    return { outcome: 'submitted', handle, definition: 'demo:1' };
  }

  create(request: JobRequest): JobHandle {
    const jobId = `job-${this.#next++}`;
    this.jobs.set(jobId, { request, counts: { ...noCounts, runnable: request.size }, ended: false });
    return { jobId, queue: request.queue, size: request.size };
  }

  async find(name: string, queue: string): Promise<readonly FoundJob[]> {
    this.calls.push(`find ${name}`);
    return [...this.jobs]
      .filter(([, job]) => job.request.name === name && job.request.queue === queue)
      .map(([jobId, job]) => ({
        handle: { jobId, queue, size: job.request.size },
        definition: 'demo:1',
        environment: job.request.environment,
        ended: job.ended,
        ...(job.cancelled !== undefined && { stopped: true as const }),
      }));
  }

  async observe(handles: readonly JobHandle[]): Promise<ReadonlyMap<string, Observation>> {
    this.calls.push(`observe ${handles.length}`);
    return new Map(handles.map(({ jobId }) => [jobId, this.#observe(jobId)]));
  }

  #observe(jobId: string): Observation {
    const job = this.jobs.get(jobId);
    if (job === undefined) return { state: 'gone' };
    const state = job.ended ? 'ended' : 'active';
    return { state, counts: job.counts, countsAt: this.countsAt };
  }

  async failures(handle: JobHandle, known: ReadonlySet<number>): Promise<readonly ChildFailure[]> {
    this.calls.push(`failures ${handle.jobId}`);
    return (this.failed.get(handle.jobId) ?? []).filter(({ child }) => !known.has(child));
  }

  async cancel(handle: JobHandle, reason: string): Promise<void> {
    this.calls.push(`cancel ${handle.jobId}`);
    const job = this.jobs.get(handle.jobId);
    if (job === undefined || job.ended) return;
    const open = job.request.size - job.counts.succeeded - job.counts.failed;
    this.end(handle.jobId, { succeeded: job.counts.succeeded, failed: job.counts.failed + open });
    job.cancelled = reason;
    this.#failOpen(handle, open, reason);
  }

  /** The last ones: tests let children end from the first on. */
  #failOpen({ jobId, size }: JobHandle, open: number, reason: string): void {
    const known = this.failed.get(jobId) ?? [];
    const others = Array.from({ length: size }, (_, child) => child).filter(
      (child) => !known.some((one) => one.child === child),
    );
    const stopped = others
      .slice(others.length - open)
      .map((child): ChildFailure => ({ child, class: 'cancelled', reason, attempts: [] }));
    this.failed.set(jobId, [...known, ...stopped]);
  }

  async attempts(handle: JobHandle, children: readonly number[]) {
    this.calls.push(`attempts ${handle.jobId} ${children.join(' ')}`);
    const failed = (this.failed.get(handle.jobId) ?? []).filter(({ child }) => children.includes(child));
    return new Map([
      ...(this.known.get(handle.jobId) ?? []),
      ...failed.map(({ child, attempts }) => [child, attempts] as const),
    ]);
  }

  /** What `explain` says of a job. */
  readonly diagnoses = new Map<string, Diagnosis | Error>();

  async explain({ jobId }: JobHandle): Promise<Diagnosis | undefined> {
    this.calls.push(`explain ${jobId}`);
    const found = this.diagnoses.get(jobId);
    if (found instanceof Error) throw found;
    return found;
  }

  jobUrl(): undefined {}

  async logTail(): Promise<readonly string[]> {
    return [];
  }

  progress(jobId: string, counts: Partial<Counts>): void {
    const job = this.jobs.get(jobId);
    if (job !== undefined) job.counts = { ...noCounts, ...counts };
  }

  end(jobId: string, counts: Partial<Counts>): void {
    this.progress(jobId, counts);
    const job = this.jobs.get(jobId);
    if (job !== undefined) job.ended = true;
  }
}
