import {
  BatchClient,
  DescribeJobsCommand,
  type JobDetail,
  ListJobsCommand,
  type ListJobsRequest,
  RegisterJobDefinitionCommand,
  type RegisterJobDefinitionRequest,
  SubmitJobCommand,
  type SubmitJobRequest,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { noLags, type ReferenceBatchOptions } from './options.ts';
import { ReferenceBatch } from './reference-batch.ts';
import type { RunningAttempt } from './running-attempt.ts';
import { VirtualTimeline } from './timeline.ts';

export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** A reference Batch with the SDK's own client before it, without lags unless a fact is about them. */
export class Scene {
  readonly timeline = new VirtualTimeline(Date.UTC(2026, 0, 1));
  /** Containers in the order they started. */
  readonly started: RunningAttempt[] = [];
  readonly batch: ReferenceBatch;
  readonly client: BatchClient;

  constructor(options: Partial<ReferenceBatchOptions> = {}) {
    this.batch = new ReferenceBatch({
      timeline: this.timeline,
      queues: [{ name: 'queue' }, { name: 'fair', schedulingPolicy: 'shares' }],
      start: (attempt) => this.started.push(attempt),
      raggedPages: false,
      ...options,
      lags: { ...noLags, ...options.lags },
    });
    this.client = new BatchClient({
      region: 'us-east-1',
      credentials,
      requestHandler: this.batch.requestHandler,
      maxAttempts: 1,
    });
    this.batch.call('RegisterJobDefinition', definition());
  }

  /** Time passes; at zero, what is due now happens. */
  pass(seconds = 0): void {
    this.timeline.advance(seconds);
  }

  async submit(request: Partial<SubmitJobRequest> = {}): Promise<string> {
    const { jobId = '' } = await this.client.send(new SubmitJobCommand({ ...job(), ...request }));
    return jobId;
  }

  array(size: number, request: Partial<SubmitJobRequest> = {}): Promise<string> {
    return this.submit({ arrayProperties: { size }, ...request });
  }

  /** A job whose only container runs. */
  async running(request: Partial<SubmitJobRequest> = {}): Promise<{ id: string; attempt: RunningAttempt }> {
    const id = await this.submit(request);
    this.pass();
    return { id, attempt: this.latest };
  }

  get latest(): RunningAttempt {
    const attempt = this.started.at(-1);
    if (attempt === undefined) throw new Error('No container has started');
    return attempt;
  }

  async describe(...jobs: string[]): Promise<readonly JobDetail[]> {
    return (await this.client.send(new DescribeJobsCommand({ jobs }))).jobs ?? [];
  }

  async the(id: string): Promise<JobDetail> {
    const [detail] = await this.describe(id);
    if (detail === undefined) throw new Error(`Batch does not know ${id}`);
    return detail;
  }

  async status(id: string): Promise<string | undefined> {
    return (await this.the(id)).status;
  }

  /** Of an array. */
  async summary(id: string): Promise<Record<string, number>> {
    const { statusSummary = {} } = (await this.the(id)).arrayProperties ?? {};
    return Object.fromEntries(Object.entries(statusSummary).filter(([, count]) => count > 0));
  }

  list(request: ListJobsRequest) {
    return this.client.send(new ListJobsCommand(request));
  }

  async listed(request: ListJobsRequest): Promise<readonly (string | undefined)[]> {
    return ((await this.list(request)).jobSummaryList ?? []).map(({ jobId }) => jobId);
  }

  register(request: Partial<RegisterJobDefinitionRequest> = {}) {
    return this.client.send(new RegisterJobDefinitionCommand({ ...definition(), ...request }));
  }

  terminate(jobId: string, reason = 'stopped by ada') {
    return this.client.send(new TerminateJobCommand({ jobId, reason }));
  }
}

export function job(): SubmitJobRequest {
  return { jobName: 'job', jobQueue: 'queue', jobDefinition: 'demo:1' };
}

export function definition(): RegisterJobDefinitionRequest {
  return {
    jobDefinitionName: 'demo',
    type: 'container',
    containerProperties: {
      image: 'registry.example/demo@sha256:0',
      environment: [{ name: 'FROM', value: 'definition' }],
      resourceRequirements: [
        { type: 'VCPU', value: '1' },
        { type: 'MEMORY', value: '128' },
      ],
    },
  };
}
