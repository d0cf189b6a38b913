import {
  type BatchClient,
  DescribeJobDefinitionsCommand,
  DescribeJobsCommand,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
  TerminateJobCommand,
} from '@aws-sdk/client-batch';
import { beforeAll, describe, expect, test } from 'vitest';
import { submitInput } from '../../src/engine/aws-batch/submit-input.ts';
import { Scene } from '../aws/batch/scene.ts';
import { definitionOf, jobRequest } from './engine-request.ts';
import { batchOf, newQueue } from './moto-batch.ts';
import { differences, shapeOf } from './shape.ts';

/** One of the two, after the same requests: those that the engine makes. */
interface Side {
  readonly client: BatchClient;
  readonly queue: string;
  readonly array: string;
  readonly plain: string;
}

const name = `shapes-${Date.now().toString(36)}`;
let moto: Side;
let model: Side;

beforeAll(async () => {
  const theirs = batchOf('us-west-2');
  const scene = new Scene({ queues: [{ name }], start: (attempt) => attempt.exit(0), region: 'us-west-2' });
  moto = await sideOf(theirs, await newQueue(theirs, name));
  model = await sideOf(scene.client, `arn:aws:batch:us-west-2:123456789012:job-queue/${name}`);
  scene.pass(60);
});

async function sideOf(client: BatchClient, queue: string): Promise<Side> {
  const submitted = async (size: number) => {
    const request = jobRequest(queue, { name, size });
    const content = definitionOf(queue);
    const { revision } = await client.send(new RegisterJobDefinitionCommand(content));
    const definition = `${content.jobDefinitionName}:${revision}`;
    const { jobId = '' } = await client.send(
      new SubmitJobCommand(submitInput(request, { definition, shared: false })),
    );
    return jobId;
  };
  return { client, queue, array: await submitted(3), plain: await submitted(1) };
}

async function compared(ask: (side: Side) => Promise<object>) {
  return differences(shapeOf(await ask(model)), shapeOf(await ask(moto)));
}

const alike = { onlyOurs: [], onlyTheirs: [], ofOtherKinds: [] };

/** What moto leaves out of every job, and what it says in a form that AWS has given up (AB 2.6). */
const ofJobs = ['eksAttempts', 'platformCapabilities', 'propagateTags', 'retryStrategy'];
const ofContainers = [
  'image',
  'jobRoleArn',
  'linuxParameters',
  'logConfiguration',
  'mountPoints',
  'networkInterfaces',
  'resourceRequirements',
  'secrets',
];
const ofEnds = ['containerInstanceArn', 'exitCode', 'taskArn'];
const ofAttempts = ['container.exitCode', 'statusReason', 'taskProperties'];
const deprecated = ['memory', 'privileged', 'readonlyRootFilesystem', 'vcpus'];

const inJobs = (names: readonly string[], inside = '') => names.map((name) => `jobs[].${inside}${name}`);
const ofEndedJobs = [
  ...inJobs([...ofJobs, 'statusReason']),
  ...inJobs(ofAttempts, 'attempts[].'),
  ...inJobs([...ofContainers, ...ofEnds], 'container.'),
];
const ofListings = ['arrayProperties', 'container', 'statusReason'].map((name) => `jobSummaryList[].${name}`);

describe('The reference Batch and moto answer in the same shape', () => {
  test('to a registration', async () => {
    const ask = ({ client, queue }: Side) =>
      client.send(new RegisterJobDefinitionCommand(definitionOf(queue)));
    expect(await compared(ask)).toEqual(alike);
  });

  test('to a question about the revisions of a name', async () => {
    const ask = ({ client, queue }: Side) => {
      const { jobDefinitionName } = definitionOf(queue);
      return client.send(new DescribeJobDefinitionsCommand({ jobDefinitionName, status: 'ACTIVE' }));
    };
    const onlyOurs = ['jobDefinitions[].containerOrchestrationType'];
    expect(await compared(ask)).toEqual({ ...alike, onlyOurs });
  });

  test('to a submission', async () => {
    const ask = ({ client, queue }: Side) => {
      const jobDefinition = definitionOf(queue).jobDefinitionName;
      return client.send(new SubmitJobCommand({ jobName: 'again', jobQueue: queue, jobDefinition }));
    };
    expect(await compared(ask)).toEqual(alike);
  });

  test('to a question about a parent, but for its age, and for a start and a log that it does not have', async () => {
    const ask = ({ client, array }: Side) => client.send(new DescribeJobsCommand({ jobs: [array] }));
    const age = 'jobs[].arrayProperties.statusSummaryLastUpdatedAt';
    expect(await compared(ask)).toEqual({
      ...alike,
      onlyOurs: [age, ...inJobs(ofJobs), ...inJobs(ofContainers, 'container.')].sort(),
      onlyTheirs: [...inJobs(['logStreamName', ...deprecated], 'container.'), 'jobs[].startedAt'].sort(),
    });
  });

  test('to a question about a child, but for its index, its exit code and its reasons', async () => {
    const ask = ({ client, array }: Side) => client.send(new DescribeJobsCommand({ jobs: [`${array}:1`] }));
    expect(await compared(ask)).toEqual({
      ...alike,
      onlyOurs: ['jobs[].arrayProperties', ...ofEndedJobs].sort(),
      onlyTheirs: inJobs(deprecated, 'container.'),
    });
  });

  test('to a question about a plain job, but for its exit code and its reasons', async () => {
    const ask = ({ client, plain }: Side) => client.send(new DescribeJobsCommand({ jobs: [plain] }));
    expect(await compared(ask)).toEqual({
      ...alike,
      onlyOurs: ofEndedJobs.toSorted(),
      onlyTheirs: inJobs(deprecated, 'container.'),
    });
  });

  test('to a listing by name, but for sizes, exit codes and reasons', async () => {
    const filters = [{ name: 'JOB_NAME', values: [name] }];
    const ask = ({ client, queue }: Side) => client.send(new ListJobsCommand({ jobQueue: queue, filters }));
    expect(await compared(ask)).toEqual({ ...alike, onlyOurs: ofListings });
  });

  test('to a listing of children, but for indexes, exit codes and reasons', async () => {
    const ask = ({ client, array }: Side) =>
      client.send(new ListJobsCommand({ arrayJobId: array, jobStatus: 'SUCCEEDED' }));
    expect(await compared(ask)).toEqual({ ...alike, onlyOurs: ofListings });
  });

  test('to a termination', async () => {
    const ask = ({ client, array }: Side) =>
      client.send(new TerminateJobCommand({ jobId: array, reason: 'stopped by ada' }));
    expect(await compared(ask)).toEqual(alike);
  });
});
