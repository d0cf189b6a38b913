import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { resourcesOf, synthesize, templatesOf } from './synthesized.ts';

const require = createRequire(import.meta.url);
const handlerSchema = z.looseObject({
  handler: z.custom<() => Promise<void>>((it) => typeof it === 'function'),
});
const { handler } = handlerSchema.parse(require('../stack/watchdog.cjs'));

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

/** A bucket that holds what is listed: when each object was written, by its key. */
async function bucketOf(objects: Readonly<Record<string, Date>>) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://s3');
    if (searchParams.get('list-type') === '2') {
      const prefix = searchParams.get('prefix') ?? '';
      const found = Object.entries(objects).filter(([key]) => key.startsWith(prefix));
      const contents = found.map(
        ([key, at]) =>
          `<Contents><Key>${key}</Key><LastModified>${at.toISOString()}</LastModified></Contents>`,
      );
      response.setHeader('content-type', 'application/xml');
      response.end(
        `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`,
      );
      return;
    }
    const at = objects[decodeURIComponent(pathname).replace('/lab/', '')];
    if (at !== undefined) response.setHeader('last-modified', at.toUTCString());
    response.writeHead(at === undefined ? 404 : 200).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  // Listening on TCP, it has an address.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function look(objects: Readonly<Record<string, Date>>): Promise<void> {
  const bucket = await bucketOf(objects);
  process.env.AWS_ENDPOINT_URL_S3 = bucket.url;
  try {
    await handler();
  } finally {
    bucket.close();
  }
}

describe('the watchdog', () => {
  const before = { ...process.env };
  beforeEach(() => {
    Object.assign(process.env, {
      ...{ BUCKET: 'lab', PREFIX: 'ensembles', WATCH_MINUTES: '60', AWS_REGION: 'us-east-1' },
      ...{
        AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'secret',
        AWS_S3_FORCE_PATH_STYLE: 'true',
      },
    });
  });
  afterEach(() => {
    process.env = { ...before };
  });

  test('is content while nothing is active', async () => {
    await expect(look({ 'ensembles/runs/old-1/state.json': minutesAgo(6000) })).resolves.toBeUndefined();
  });

  test('is content with runs that somebody looks at, however old they are', async () => {
    const objects = {
      'ensembles/active/demo-1': minutesAgo(6000),
      'ensembles/runs/demo-1/state.json': minutesAgo(12),
    };
    await expect(look(objects)).resolves.toBeUndefined();
  });

  test('names the runs that nobody looks at', async () => {
    const objects = {
      ...{ 'ensembles/active/demo-1': minutesAgo(600), 'ensembles/runs/demo-1/state.json': minutesAgo(61) },
      ...{ 'ensembles/active/demo-2': minutesAgo(600), 'ensembles/runs/demo-2/state.json': minutesAgo(1) },
    };
    await expect(look(objects)).rejects.toThrow(
      /^Nobody has looked at demo-1 for 60 minutes.*gh workflow run watch\.yml$/,
    );
  });

  test('waits for a run that is being launched, but not for ever', async () => {
    await expect(look({ 'ensembles/active/demo-1': minutesAgo(5) })).resolves.toBeUndefined();
    await expect(look({ 'ensembles/active/demo-1': minutesAgo(90) })).rejects.toThrow('demo-1');
  });

  test('is short enough to stand in a template, and its failure is an alarm', () => {
    const template = synthesize();
    const [made] = resourcesOf(template, 'AWS::Lambda::Function').map(({ Properties }) => Properties);
    const { ZipFile } = z.looseObject({ ZipFile: z.string() }).parse(made?.Code);
    // CloudFormation takes 4 MiB today; older documents say 4,096 characters.
    expect(ZipFile.length).toBeLessThan(4096);
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    expect(alarms).toContainEqual(
      expect.objectContaining({
        ...{ MetricName: 'Errors', Namespace: 'AWS/Lambda', Threshold: 0 },
        Dimensions: [{ Name: 'FunctionName', Value: 'muster-watchdog' }],
        ComparisonOperator: 'GreaterThanThreshold',
      }),
    );
  });
});

test('somebody is told by mail where an address is given', () => {
  const [topic] = resourcesOf(synthesize('alarms: { email: lab@example.org }'), 'AWS::SNS::Topic');
  expect(topic?.Properties.Subscription).toEqual([{ Protocol: 'email', Endpoint: 'lab@example.org' }]);
});

test('the budget speaks before it is spent', () => {
  const [budget] = resourcesOf(synthesize('alarms: { monthly_usd: 42 }'), 'AWS::Budgets::Budget');
  const told = (NotificationType: string, Threshold: number) => ({
    Notification: { NotificationType, Threshold },
  });
  expect(budget?.Properties).toMatchObject({
    Budget: { BudgetLimit: { Amount: 42, Unit: 'USD' } },
    NotificationsWithSubscribers: [told('ACTUAL', 80), told('FORECASTED', 100)],
  });
});

test('without a repository there is one stack, with one there are two', () => {
  expect(templatesOf()).toHaveLength(1);
  expect(templatesOf('github: { repository: lab/grids, owner_id: 1, repository_id: 2 }')).toHaveLength(2);
});
