import {
  type BatchClient,
  DescribeJobsCommand,
  ListJobsCommand,
  RegisterJobDefinitionCommand,
  SubmitJobCommand,
} from '@aws-sdk/client-batch';
import { beforeAll, describe, expect, test } from 'vitest';
import { definitionOf } from './engine-request.ts';
import { batchOf, newQueue } from './moto-batch.ts';

/** Where moto is no Batch. A test that fails here after a new version of moto is good news: mend the README. */
describe('moto, unlike Batch,', () => {
  const name = `gaps-${Date.now().toString(36)}`;
  let client: BatchClient;
  let queue: string;
  const submit = async (size: number, jobName = 'job') => {
    const input = { jobName, jobQueue: queue, jobDefinition: definitionOf(queue).jobDefinitionName };
    const { jobId = '' } = await client.send(
      new SubmitJobCommand({ ...input, arrayProperties: { size }, retryStrategy: { attempts: 99 } }),
    );
    return jobId;
  };
  const described = async (id: string) => {
    const { jobs = [] } = await client.send(new DescribeJobsCommand({ jobs: [id] }));
    return jobs[0];
  };

  beforeAll(async () => {
    client = batchOf('eu-west-1');
    queue = await newQueue(client, name);
    await client.send(new RegisterJobDefinitionCommand(definitionOf(queue)));
  });

  test('takes arrays of 1 and of 10,001, names with spaces, and 99 attempts', async () => {
    for (const id of [await submit(1), await submit(10_001), await submit(2, 'a b')]) expect(id).not.toBe('');
  });

  test('has ended a job before it answers the submission', async () => {
    expect((await described(await submit(2)))?.status).toBe('SUCCEEDED');
  });

  test('tells no age of a summary and no index of a child', async () => {
    const id = await submit(2);
    expect((await described(id))?.arrayProperties).not.toHaveProperty('statusSummaryLastUpdatedAt');
    expect((await described(`${id}:1`))?.arrayProperties).toBeUndefined();
  });

  test('tells no exit codes', async () => {
    const child = await described(`${await submit(2)}:0`);
    expect(child?.container?.exitCode).toBeUndefined();
    expect(child?.attempts).toHaveLength(1);
    expect(child?.attempts?.[0]?.container?.exitCode).toBeUndefined();
  });

  test('lists children in the queue beside their parent, oldest first, in any status', async () => {
    const id = await submit(2, name);
    const filters = [{ name: 'JOB_NAME', values: [name] }];
    const listed = async (request: object) =>
      (await client.send(new ListJobsCommand({ jobQueue: queue, ...request }))).jobSummaryList ?? [];
    expect((await listed({ filters })).map(({ jobId }) => jobId)).toEqual([id, `${id}:0`, `${id}:1`]);
    expect((await listed({})).some(({ status }) => status !== 'RUNNING')).toBe(true);
  });

  test('shows variables of Batch among those of a job', async () => {
    const names = (await described(await submit(2)))?.container?.environment?.map((one) => one.name);
    expect(names).toContain('AWS_BATCH_JOB_ID');
  });

  test('describes more than 100 jobs at once', async () => {
    const jobs = Array.from({ length: 101 }, (_, index) => `unknown-${index}`);
    await expect(client.send(new DescribeJobsCommand({ jobs }))).resolves.toMatchObject({ jobs: [] });
  });
});
