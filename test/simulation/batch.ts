import type { Fault } from '../aws/batch/faults.ts';
import { ReferenceBatch } from '../aws/batch/reference-batch.ts';
import type { Random } from './random.ts';
import type { Trouble } from './scenario.ts';

/** The reference Batch, with a witness who sees what SubmitJob really made. */
export class WitnessedBatch extends ReferenceBatch {
  onSubmit: (jobId: string, environment: Readonly<Record<string, string>>) => void = () => {};
  readonly #jobs: string[] = [];
  /** Jobs that somebody asked to stop. */
  readonly told = new Set<string>();

  override call(operation: string, input: object): object {
    const answer = super.call(operation, input);
    if (operation === 'TerminateJob') this.told.add((input as { jobId: string }).jobId); // AB 2.10
    if (operation === 'SubmitJob') this.#tell(input as Submission, (answer as { jobId: string }).jobId); // AB 2.6
    return answer;
  }

  #tell({ containerOverrides }: Submission, jobId: string): void {
    this.#jobs.push(jobId);
    const variables = containerOverrides?.environment ?? [];
    this.onSubmit(jobId, Object.fromEntries(variables.map(({ name, value }) => [name, value])));
  }

  /** A job of the same name, size and definition that is not ours. */
  submitStranger(jobName: string, jobQueue: string): void {
    const containerProperties = { image: 'stranger', command: ['true'] };
    const requirements = [
      { type: 'VCPU', value: '1' },
      { type: 'MEMORY', value: '512' },
    ];
    super.call('RegisterJobDefinition', {
      jobDefinitionName: 'stranger',
      type: 'container',
      containerProperties: { ...containerProperties, resourceRequirements: requirements },
    });
    const environment = [{ name: 'MUSTER_STORE', value: 's3://strangers' }];
    super.call('SubmitJob', {
      ...{ jobName, jobQueue, jobDefinition: 'stranger' },
      containerOverrides: { environment },
    });
  }

  /** What DescribeJobs answers; a job that was forgotten is not in it. */
  #describe(jobId: string): readonly { readonly status: string }[] {
    return (super.call('DescribeJobs', { jobs: [jobId] }) as { jobs: { status: string }[] }).jobs;
  }

  remembers(jobId: string): boolean {
    return this.#describe(jobId).length > 0;
  }

  /** Jobs that have not ended. */
  openJobs(): readonly string[] {
    const open: string[] = [];
    for (const jobId of this.#jobs) {
      const jobs = this.#describe(jobId);
      if (jobs.some(({ status }) => status !== 'SUCCEEDED' && status !== 'FAILED')) open.push(jobId);
    }
    return open;
  }
}

interface Submission {
  readonly containerOverrides?: {
    readonly environment?: readonly { readonly name: string; readonly value: string }[];
  };
}

/** Milliseconds after the launch. */
export const isWithin = (window: readonly [number, number] | undefined, since: number) =>
  window !== undefined && since >= window[0] && since < window[1];

/** What goes wrong with a request, if anything does. `since`: milliseconds after the launch. */
export function faultOf(
  random: Random,
  trouble: Trouble,
  operation: string,
  since: number,
): Fault | undefined {
  if (since >= trouble.untilMs) return undefined;
  if (isWithin(trouble.expired, since)) return 'expired';
  if (operation === 'ListJobs' && isWithin(trouble.noListing, since)) return 'denied';
  if (operation === 'SubmitJob' && isWithin(trouble.noSubmitting, since)) return 'throttle';
  if (random.chance(trouble.throttle)) return 'throttle';
  if (random.chance(trouble.lostRequest)) return 'lost-request';
  if (random.chance(trouble.lostAnswer)) return 'lost-answer';
  if (random.chance(trouble.serverError)) return random.pick(['error', 'error-after']);
  if (random.chance(trouble.denied)) return 'denied';
  return undefined;
}
