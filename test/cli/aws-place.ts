import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { DescribeJobsResponse, JobDetail } from '@aws-sdk/client-batch';
import type { HttpRequest } from '@smithy/types';
import { actionsFor } from '../../src/aws/actions.ts';
import { noLags } from '../aws/batch/options.ts';
import { ReferenceBatch } from '../aws/batch/reference-batch.ts';
import type { RunningAttempt } from '../aws/batch/running-attempt.ts';
import { RealTimeline } from '../aws/batch/timeline.ts';
import { operationOf, type WireHandler, type WireResponse } from '../aws/batch/wire.ts';
import { allRights, jobRole, rightsFor } from '../aws/guide.ts';
import { mayDo } from '../aws/policy.ts';
import { ReferenceS3 } from '../aws/s3/reference-s3.ts';
import type { S3Request } from '../aws/s3/wire.ts';
import { serve } from '../aws/serve.ts';
import { type Place, toyPlace, workerProgram } from './place.ts';

export const toyImage = `123456789012.dkr.ecr.us-east-1.amazonaws.com/toy@sha256:${'7'.repeat(64)}`;

export const musterYaml = `store: s3://lab/ensembles
engine: aws-batch
region: us-east-1
queues:
  spot: { arn: "arn:aws:batch:us-east-1:123456789012:job-queue/spot", architecture: amd64, capacity: spot, instances: [c7a] }
images: { toy: "${toyImage}" }
`;

/** What a shell of the test runner may say about AWS says nothing here. */
const silence = Object.fromEntries(
  [
    ...['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_SESSION_TOKEN'],
    ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_ROLE_ARN'],
    ...['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'],
    ...['MUSTER_STORE', 'MUSTER_ENGINE', 'MUSTER_REGION', 'MUSTER_STAGE'],
  ].map((name) => [name, undefined]),
);

/** No credentials anywhere: no files, no machine that gives any. */
const nobody = {
  AWS_CONFIG_FILE: '/nowhere/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
};

const somebody = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
const container = { AWS_ACCESS_KEY_ID: 'AKIDJOBROLE', AWS_SECRET_ACCESS_KEY: 'secret' };

/** People and containers may do what the guide says, and no more. */
function asTheGuideSays(bucket: string) {
  const role = jobRole(bucket);
  const yours = rightsFor('The store');
  return (request: S3Request, accessKey: string) =>
    accessKey === container.AWS_ACCESS_KEY_ID
      ? mayDo(role, request)
      : actionsFor('S3', request.operation).every((action) => yours.has(action));
}

interface Account {
  /** Of the person at the command line; containers have their own. */
  readonly credentials?: boolean;
  readonly bucketRegion?: string;
  /** False: what containers start is not the worker, and ends well at once. */
  readonly worker?: boolean;
}

/** An account: a bucket `lab` and a queue `spot`, over HTTP. Its containers are workers on this machine. */
export class AwsPlace implements AsyncDisposable {
  readonly place: Place;
  readonly s3: ReferenceS3;
  readonly batch: ReferenceBatch;
  readonly #timeline: RealTimeline;
  readonly #close: () => Promise<void>;

  private constructor(
    place: Place,
    s3: ReferenceS3,
    batch: ReferenceBatch,
    timeline: RealTimeline,
    close: () => Promise<void>,
  ) {
    this.place = place;
    this.s3 = s3;
    this.batch = batch;
    this.#timeline = timeline;
    this.#close = close;
  }

  static async open({
    credentials = true,
    bucketRegion = 'us-east-1',
    worker = true,
  }: Account = {}): Promise<AwsPlace> {
    const s3 = new ReferenceS3({
      ...{ buckets: ['lab'], region: bucketRegion, mayDo: asTheGuideSays('lab') },
    });
    const timeline = new RealTimeline();
    const start = (attempt: RunningAttempt) => (worker ? runWorker(place, attempt) : runStranger(attempt));
    const batch = new ReferenceBatch({ timeline, queues: [{ name: 'spot', vcpus: 2 }], lags: noLags, start });
    const [s3Server, batchServer] = await Promise.all([s3.serve(), serve(orDenied(batch))]);
    const place = toyPlace({
      ...silence,
      ...nobody,
      ...(credentials && somebody),
      AWS_ENDPOINT_URL: batchServer.url,
      AWS_ENDPOINT_URL_S3: s3Server.url,
    });
    place.write('muster.yaml', musterYaml);
    return new AwsPlace(place, s3, batch, timeline, async () => {
      await Promise.all([s3Server[Symbol.asyncDispose](), batchServer.close()]);
    });
  }

  /** Keys of the bucket below the store's prefix. */
  get keys(): readonly string[] {
    return [...this.s3.shelf('lab').objects.keys()].map((key) => key.replace(/^ensembles\//, ''));
  }

  describe(...jobs: readonly string[]): readonly JobDetail[] {
    // What Batch answers to this operation.
    return (this.batch.call('DescribeJobs', { jobs }) as DescribeJobsResponse).jobs ?? [];
  }

  object(key: string): Uint8Array {
    const kept = this.s3.shelf('lab').objects.get(`ensembles/${key}`);
    if (kept === undefined) throw new Error(`the bucket holds no ${key}`);
    return kept.bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timeline.stop();
    await this.#close();
    this.place[Symbol.dispose]();
    const unnamed = [...this.batch.asked].flatMap(rightsOf).filter((right) => !allRights().has(right));
    if (unnamed.length > 0) throw new Error(`docs/aws.md does not name what was needed: ${unnamed}`);
  }

  /** From here on people may do with AWS Batch and its logs what these rows of the guide say. */
  limitTo(...rows: readonly string[]): void {
    const rights = rightsFor(...rows);
    this.batch.faults = ({ service, operation }) =>
      rightsOf(`${service} ${operation}`).every((right) => rights.has(right)) ? undefined : 'denied';
  }
}

/** Of other services nobody here may ask anything: preflight leaves those checks undone. */
const orDenied = (batch: ReferenceBatch): WireHandler => ({
  handle: async (request, options) =>
    operationOf(request) === undefined ? denied(request) : batch.requestHandler.handle(request, options),
});

/** As services that speak JSON refuse it, or EC2, IAM and STS. */
function denied({ headers }: HttpRequest): { readonly response: WireResponse } {
  const isJson = headers['x-amz-target'] !== undefined;
  const name = isJson ? 'AccessDeniedException' : 'UnauthorizedOperation';
  const body = isJson
    ? JSON.stringify({ __type: name, message: 'not allowed' })
    : `<Response><Errors><Error><Code>${name}</Code><Message>not allowed</Message></Error></Errors></Response>`;
  return {
    response: {
      statusCode: 403,
      headers: { 'content-type': isJson ? 'application/x-amz-json-1.1' : 'text/xml' },
      body: Buffer.from(body),
    },
  };
}

/** @param call `Batch SubmitJob`. */
function rightsOf(call: string): readonly string[] {
  const [service = '', operation = ''] = call.split(' ');
  return actionsFor(service, operation);
}

function runStranger(attempt: RunningAttempt): void {
  attempt.say('hello, world');
  attempt.exit(0);
}

/** The container: the worker as its image would start it, with the program on the PATH of the image. */
function runWorker(place: Place, attempt: RunningAttempt): void {
  const [, image = ''] = /([\w-]+)@sha256:/.exec(attempt.image) ?? [];
  const child: ChildProcess = spawn(process.execPath, [workerProgram], {
    cwd: place.root,
    env: {
      ...attempt.environment,
      ...nobody,
      ...container,
      PATH: `${join(place.root, 'docker', image, 'bin')}:${process.env.PATH}`,
      TMPDIR: join(place.root, 'tmp'),
      MUSTER_TEST_DIARY: place.diary,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line !== '') attempt.say(line);
    });
  }
  attempt.onTerminate(() => child.kill('SIGTERM'));
  attempt.onKilled(() => child.kill('SIGKILL'));
  child.on('close', (code) => attempt.exit(code ?? 137));
}
