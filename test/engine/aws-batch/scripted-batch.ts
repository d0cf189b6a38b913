import type { AwsSettings } from '../../../src/aws/settings.ts';
import { openBatchEngine } from '../../../src/engine/aws-batch/batch-engine.ts';
import type { BatchSettings } from '../../../src/engine/aws-batch/settings.ts';
import type { JobRequest } from '../../../src/engine/engine.ts';

/** A request as it goes over the wire. */
export interface Sent {
  /** `SubmitJob`. */
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What Batch answers: a body, a refusal, silence, or an error of the network. */
export type Answer =
  | { readonly body: unknown }
  | { readonly status: number; readonly error: string; readonly message?: string; readonly date?: Date }
  | { readonly network: string }
  | 'silence';

export const queueArn = 'arn:aws:batch:us-east-1:123456789012:job-queue/spot';
export const arnOf = (revision: number) =>
  `arn:aws:batch:us-east-1:123456789012:job-definition/muster-demo-amd64:${revision}`;
export const goodQueue = { jobQueueName: 'spot', jobQueueArn: queueArn, state: 'ENABLED', status: 'VALID' };

/** Answers of a Batch where all is well and nothing has ever run. */
const quiet: Readonly<Record<string, unknown>> = {
  DescribeJobQueues: { jobQueues: [goodQueue] },
  DescribeJobDefinitions: { jobDefinitions: [] },
  RegisterJobDefinition: { jobDefinitionArn: arnOf(1), jobDefinitionName: 'muster-demo-amd64', revision: 1 },
  CreateConsumableResource: { consumableResourceName: 'x', consumableResourceArn: 'arn:x' },
  DescribeConsumableResource: { consumableResourceName: 'x', totalQuantity: 1 },
  UpdateConsumableResource: { consumableResourceName: 'x' },
  SubmitJob: { jobId: 'job-1', jobName: 'job' },
  TerminateJob: {},
  ListJobs: { jobSummaryList: [] },
  DescribeJobs: { jobs: [] },
};

/** Batch behind the SDK's request handler, answering as a test says: `undefined` for what it does not care about. */
export class ScriptedBatch {
  readonly sent: Sent[] = [];
  readonly #answer: (sent: Sent, nth: number) => Answer | undefined;

  constructor(answer: (sent: Sent, nth: number) => Answer | undefined = () => undefined) {
    this.#answer = answer;
  }

  /** Bodies of the requests of one operation, in order. */
  bodies(operation: string) {
    return this.sent.filter((one) => one.operation === operation).map(({ body }) => body);
  }

  get operations(): readonly string[] {
    return this.sent.map(({ operation }) => operation);
  }

  readonly requestHandler: NonNullable<AwsSettings['requestHandler']> = {
    handle: async (request, options) => {
      const sent = {
        operation: operationOf(request.path),
        body: JSON.parse(request.body === undefined ? '{}' : textOf(request.body)),
      };
      this.sent.push(sent);
      const nth = this.bodies(sent.operation).length;
      const answer = this.#answer(sent, nth) ?? { body: quiet[sent.operation] };
      if (answer === 'silence') return silence(options?.abortSignal);
      if ('network' in answer) throw Object.assign(new Error(answer.network), { code: answer.network });
      return { response: responseOf(answer) };
    },
  };

  engine(settings: Partial<BatchSettings> = {}) {
    return openBatchEngine({ ...batchSettings(this.requestHandler), ...settings });
  }
}

export function batchSettings(requestHandler: NonNullable<AwsSettings['requestHandler']>): BatchSettings {
  return {
    aws: { requestHandler, credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' } },
    region: 'us-east-1',
    queues: [{ name: 'spot', arn: queueArn }],
    logGroup: '/muster/jobs',
    roles: { job: 'arn:aws:iam::123456789012:role/muster-job' },
    environment: { AWS_REGION: 'us-east-1' },
  };
}

export function jobRequest(changes: Partial<JobRequest> = {}): JobRequest {
  return {
    name: 'demo-0123-r000-a0000',
    queue: queueArn,
    size: 3,
    image: {
      name: 'demo',
      identity: 'a'.repeat(64),
      reference: `123456789012.dkr.ecr.us-east-1.amazonaws.com/demo@sha256:${'b'.repeat(64)}`,
    },
    resources: { ...resources },
    attempts: 4,
    timeoutSeconds: 900,
    environment: { MUSTER_STORE: 's3://bucket/lab', MUSTER_RUN: 'demo-0123' },
    tags: { 'muster:run': 'demo-0123' },
    ...changes,
  };
}

export const resources: JobRequest['resources'] = {
  vcpus: 2,
  memoryMib: 3_700,
  gpus: 0,
  architecture: 'amd64',
  capacity: 'spot',
  ulimits: {},
};

/** `/v1/submitjob`. */
function operationOf(path: string): string {
  const last = path.split('/').at(-1) ?? '';
  return Object.keys(quiet).find((name) => name.toLowerCase() === last) ?? last;
}

const textOf = (body: unknown) =>
  body instanceof Uint8Array ? new TextDecoder().decode(body) : String(body);

function silence(signal: unknown): Promise<never> {
  return new Promise((_, reject) => {
    if (!(signal instanceof AbortSignal)) return;
    signal.addEventListener('abort', () =>
      reject(Object.assign(new Error('Request aborted'), { name: 'AbortError' })),
    );
  });
}

function responseOf(answer: Exclude<Answer, 'silence' | { network: string }>) {
  const failed = 'error' in answer;
  const headers = failed
    ? { 'x-amzn-errortype': answer.error, ...(answer.date && { date: answer.date.toUTCString() }) }
    : {};
  const body = failed ? { message: answer.message ?? answer.error } : answer.body;
  return {
    statusCode: failed ? answer.status : 200,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': 'request-1', ...headers },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}
