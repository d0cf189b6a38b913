import type { ListJobsRequest } from '@aws-sdk/client-batch';
import { describe, expect, test } from 'vitest';
import { seeded } from './random.ts';
import { Scene } from './scene.ts';

const named = (name: string, values: string[] = [name]): ListJobsRequest => ({
  jobQueue: 'queue',
  filters: [{ name: 'JOB_NAME', values }],
});

describe('ListJobs (AB 2.4)', () => {
  test('wants exactly one of queue and array', async () => {
    const at = new Scene();
    const id = await at.array(2);
    for (const request of [{}, { jobQueue: 'queue', arrayJobId: id }])
      await expect(at.list(request)).rejects.toMatchObject({ name: 'ClientException' });
  });

  test('shows only RUNNING jobs of a queue without a status, so no parent', async () => {
    const at = new Scene({ queues: [{ name: 'queue', vcpus: 3 }] });
    const array = await at.array(2);
    const { id } = await at.running();
    await at.submit();
    at.pass();
    expect(await at.listed({ jobQueue: 'queue' })).toEqual([id]);
    expect(await at.listed({ jobQueue: 'queue', jobStatus: 'PENDING' })).toEqual([array]);
  });

  test('shows only RUNNING children of an array without a status', async () => {
    const at = new Scene();
    const id = await at.array(3);
    at.pass();
    at.started[1]?.exit(1);
    expect(await at.listed({ arrayJobId: id })).toEqual([`${id}:0`, `${id}:2`]);
    expect(await at.listed({ arrayJobId: id, jobStatus: 'FAILED' })).toEqual([`${id}:1`]);
  });

  test('finds a name in any case, in any status, newest first', async () => {
    const at = new Scene();
    const first = await at.running({ jobName: 'Grid-a' });
    first.attempt.exit(0);
    at.pass(1);
    const second = await at.submit({ jobName: 'grid-A' });
    await at.submit({ jobName: 'grid-ab' });
    expect(await at.listed({ ...named('GRID-a'), jobStatus: 'FAILED' })).toEqual([second, first.id]);
  });

  test('takes a `*` at the end of a name for any rest', async () => {
    const at = new Scene();
    const first = await at.submit({ jobName: 'grid-a' });
    const second = await at.submit({ jobName: 'grid-ab' });
    await at.submit({ jobName: 'other' });
    expect(await at.listed(named('grid-A*'))).toEqual([second, first]);
  });

  test('filters by definition and by time of creation', async () => {
    const at = new Scene();
    await at.register({ jobDefinitionName: 'Other' });
    const first = await at.submit();
    at.pass(10);
    const second = await at.submit({ jobDefinition: 'Other:1' });
    const filtered = (name: string, value: string) =>
      at.listed({ jobQueue: 'queue', filters: [{ name, values: [value] }] });
    expect(await filtered('JOB_DEFINITION', 'Other')).toEqual([second]);
    expect(await filtered('JOB_DEFINITION', 'other')).toEqual([]);
    expect(await filtered('AFTER_CREATED_AT', `${at.timeline.now() - 1}`)).toEqual([second]);
    expect(await filtered('BEFORE_CREATED_AT', `${at.timeline.now()}`)).toEqual([first]);
  });

  test('takes one filter at a time', async () => {
    const filters = [{ name: 'JOB_NAME', values: ['a'] }];
    const request = { jobQueue: 'queue', filters: [...filters, ...filters] };
    await expect(new Scene().list(request)).rejects.toMatchObject({ name: 'ClientException' });
  });

  test('does not filter children', async () => {
    const at = new Scene();
    const id = await at.array(2);
    at.pass();
    const { filters = [] } = named('something-else');
    expect(await at.listed({ arrayJobId: id, filters })).toHaveLength(2);
  });

  test('shows nothing of another queue', async () => {
    const at = new Scene();
    await at.submit({ jobName: 'mine' });
    expect(await at.listed({ ...named('mine'), jobQueue: 'fair' })).toEqual([]);
  });

  test('shows a new job late (AB 2.11)', async () => {
    const at = new Scene({ lags: { listing: 60 } });
    const id = await at.submit({ jobName: 'new' });
    at.pass(59);
    expect(await at.listed(named('new'))).toEqual([]);
    expect(await at.status(id)).toBe('RUNNING');
    at.pass(1);
    expect(await at.listed(named('new'))).toEqual([id]);
  });

  test('gives up to 100 of what a filter finds, and the token of the rest', async () => {
    const at = new Scene();
    for (let job = 0; job < 150; job++) await at.submit({ jobName: 'many' });
    const first = await at.list(named('many'));
    expect(first.jobSummaryList).toHaveLength(100);
    const rest = await at.list({ ...named('many'), nextToken: first.nextToken });
    expect(rest.jobSummaryList).toHaveLength(50);
    expect(rest.nextToken).toBeUndefined();
    const tooMany = { ...named('many'), maxResults: 101 };
    await expect(at.list(tooMany)).rejects.toMatchObject({ name: 'ClientException' });
  });

  test('may give short and empty pages with a token, and all jobs in the end', async () => {
    const at = new Scene({ raggedPages: true, random: seeded(3) });
    const ids: string[] = [];
    for (let job = 0; job < 30; job++) ids.unshift(await at.submit({ jobName: 'many' }));
    const pages: (string | undefined)[][] = [];
    let nextToken: string | undefined;
    do {
      const page = await at.list({ ...named('many'), maxResults: 10, nextToken });
      pages.push((page.jobSummaryList ?? []).map(({ jobId }) => jobId));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    expect(pages.flat()).toEqual(ids);
    expect(pages.slice(0, -1).some(({ length }) => length < 10)).toBe(true);
  });

  test('shows an array’s size, and neither attempts nor log streams', async () => {
    const at = new Scene();
    await at.array(2, { jobName: 'shown' });
    at.pass();
    const [summary] = (await at.list(named('shown'))).jobSummaryList ?? [];
    expect(summary).toMatchObject({ status: 'PENDING', arrayProperties: { size: 2 } });
    expect(Object.keys(summary ?? {})).not.toContain('attempts');
    expect(Object.keys(summary?.container ?? {})).not.toContain('logStreamName');
  });
});
