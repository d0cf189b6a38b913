import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { S3 } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { clientConfig, once } from '../../../src/aws/settings.ts';
import { judgeStorage } from '../../../src/preflight/surroundings/judge-storage.ts';
import { gatherStorage, type StorageNeeds } from '../../../src/preflight/surroundings/storage.ts';
import { accessDenied, always, first, lostAnswer, notImplemented } from '../../aws/s3/faults.ts';
import { settingsFor } from '../../aws/s3/place.ts';
import { ReferenceS3 } from '../../aws/s3/reference-s3.ts';
import { codesIn, notDoneIn } from './found.ts';
import { type Reply, refusal, service, settings } from './wire.ts';

const group = { logGroupName: '/lab', retentionInDays: 30 };
const logsWith = (...groups: readonly object[]) =>
  new CloudWatchLogs(
    clientConfig({ ...settings, requestHandler: service(() => ({ body: { logGroups: groups } })) }, once),
  );

const needs: StorageNeeds = {
  bucket: { name: 'ens', prefix: 'lab' },
  inputs: [],
  logGroup: '/lab',
  probe: true,
};

async function look(
  options: ConstructorParameters<typeof ReferenceS3>[0] = {},
  changes: Partial<StorageNeeds> = {},
  objects: readonly string[] = [],
) {
  const reference = new ReferenceS3(options);
  const config = clientConfig(settingsFor(reference), { ...once, attempts: 2 });
  const s3 = new S3({ ...config, retryMode: 'standard', forcePathStyle: true });
  for (const key of objects) {
    reference.shelf('ens').keep(key, { bytes: Buffer.from('x'), etag: '"x"', metadata: {} });
  }
  const facts = await gatherStorage({ s3, logs: logsWith(group) }, 'us-east-1', { ...needs, ...changes });
  const checks = judgeStorage(facts);
  return { reference, checks, codes: codesIn(checks), notDone: notDoneIn(checks) };
}

describe('the trial of a bucket', () => {
  test('finds that it creates once, and leaves nothing behind', async () => {
    const { reference, codes, notDone } = await look();
    expect([codes, notDone]).toEqual([[], []]);
    expect(reference.counts).toMatchObject({ PutObject: 2, DeleteObject: 1 });
    expect(reference.shelf('ens').keys()).toEqual([]);
  });

  test('is written below the prefix of the store', async () => {
    const keys: string[] = [];
    await look({
      faults: ({ operation, key }) => {
        if (operation === 'PutObject') keys.push(key);
        return undefined;
      },
    });
    expect(new Set(keys)).toEqual(new Set([expect.stringMatching(/^lab\/preflight\/[0-9a-f-]{36}$/)]));
  });

  test('finds a service that writes over what is there, and clears it away', async () => {
    const { codes, reference } = await look({ conditions: false });
    expect(codes).toEqual(['bucket-overwrites']);
    expect(reference.shelf('ens').keys()).toEqual([]);
  });

  test('finds a service that knows no conditions', async () => {
    expect((await look({ faults: always('PutObject', notImplemented) })).codes).toEqual([
      'bucket-overwrites',
    ]);
  });

  test('is not fooled by its own write when the answer is lost', async () => {
    const { codes, notDone } = await look({ faults: first('PutObject', lostAnswer) });
    expect([codes, notDone]).toEqual([[], []]);
  });

  test('finds that nothing may be written', async () => {
    const { codes, notDone, reference } = await look({ faults: always('PutObject', accessDenied) });
    expect([codes, notDone]).toEqual([['bucket-unwritable'], []]);
    expect(reference.counts).not.toHaveProperty('DeleteObject');
  });

  test('tells what it could not delete', async () => {
    const { checks, notDone } = await look({ faults: always('DeleteObject', accessDenied) });
    expect(notDone).toEqual(['create-only']);
    const [left] = checks.flatMap((check) => check.notDone);
    expect(left).toMatchObject({ action: 's3:DeleteObject', why: expect.stringContaining('is left') });
  });

  test('is not made by who only plans', async () => {
    const { reference, codes } = await look({}, { probe: false });
    expect(codes).toEqual([]);
    expect(reference.counts).not.toHaveProperty('PutObject');
  });
});

describe('a bucket', () => {
  test('that is not there is not tried', async () => {
    const { codes, reference } = await look({ buckets: ['other'] });
    expect(codes).toEqual(['bucket-missing']);
    expect(reference.counts).toEqual({ HeadBucket: 1 });
  });

  test('that is elsewhere is not tried', async () => {
    const { codes, checks, reference } = await look({ region: 'eu-west-1' });
    expect(codes).toEqual(['bucket-elsewhere']);
    expect(checks[0]?.findings[0]?.seen).toContain('eu-west-1');
    expect(reference.counts).toEqual({ HeadBucket: 1 });
  });

  test('that is refused here is not taken for one elsewhere', async () => {
    const headers = { 'x-amz-bucket-region': 'us-east-1' };
    const fault = { kind: 'refused', status: 403, code: 'AccessDenied', headers } as const;
    const { codes, notDone } = await look({ faults: always('HeadBucket', fault) });
    expect([codes, notDone]).toEqual([[], ['bucket', 'versions']]);
  });

  test('that may not be looked at is tried all the same', async () => {
    const { codes, notDone } = await look({ faults: always('HeadBucket', accessDenied) });
    expect([codes, notDone]).toEqual([[], ['bucket', 'versions']]);
  });
});

describe('inputs', () => {
  test('are looked at one by one, without reading them', async () => {
    const inputs = ['s3://ens/set/a', 's3://ens/set/', 's3://ens/b', 's3://ens/none/'];
    const { checks, reference } = await look({}, { inputs }, ['set/a']);
    expect(checks.flatMap(({ findings }) => findings.map(({ about }) => about))).toEqual([
      'input s3://ens/b',
      'input s3://ens/none/',
    ]);
    expect(reference.counts).toMatchObject({ HeadObject: 2, ListObjectsV2: 2 });
    expect(reference.counts).not.toHaveProperty('GetObject');
  });

  test('below a folder that holds nothing but its own marker are missing', async () => {
    expect((await look({}, { inputs: ['s3://ens/set/'] }, ['set/'])).codes).toEqual(['input-missing']);
    expect((await look({}, { inputs: ['s3://ens/set/'] }, ['set/', 'set/a'])).codes).toEqual([]);
  });

  test('below a folder are looked for behind any number of markers, page after page', async () => {
    const markers = ['set/', 'set/2001/', 'set/2002/'];
    const looked = (objects: readonly string[]) =>
      look({ pageSize: 2 }, { inputs: ['s3://ens/set/'] }, objects);
    expect((await looked([...markers, 'set/2002/a'])).codes).toEqual([]);
    expect((await looked(markers)).codes).toEqual(['input-missing']);
  });

  test('that may not be seen are not judged', async () => {
    const { codes, notDone } = await look({ mayList: false }, { inputs: ['s3://ens/b'] });
    expect([codes, notDone]).toEqual([[], ['inputs']]);
  });
});

describe('an archived input', () => {
  async function look(url: string, reply: Reply, onAsked: (attributes: string) => void = () => {}) {
    const answers = service(() => reply);
    const requestHandler: typeof answers = {
      handle: (request, options) => {
        const attributes = request.headers['x-amz-optional-object-attributes'];
        if (attributes !== undefined) onAsked(attributes);
        return answers.handle(request, options);
      },
    };
    const s3 = new S3(clientConfig({ ...settings, requestHandler }, once));
    const { bucket: _, ...folder } = needs;
    const facts = await gatherStorage({ s3, logs: logsWith(group) }, 'us-east-1', {
      ...folder,
      inputs: [url],
    });
    return codesIn(judgeStorage(facts));
  }
  const head = (headers: Readonly<Record<string, string>>) => look('s3://data/a', { body: '', headers });
  const restored = (ongoing: boolean) =>
    head({ 'x-amz-storage-class': 'GLACIER', 'x-amz-restore': `ongoing-request="${ongoing}"` });

  test.each(['GLACIER', 'DEEP_ARCHIVE'])('of class %s cannot be read', async (storageClass) => {
    expect(await head({ 'x-amz-storage-class': storageClass })).toEqual(['input-archived']);
  });

  test('is one whose class is read at once', async () => {
    expect(await head({ 'x-amz-storage-class': 'GLACIER_IR' })).toEqual([]);
  });

  test('can be read once it is restored', async () => {
    expect(await restored(true)).toEqual(['input-archived']);
    expect(await restored(false)).toEqual([]);
  });

  const listed = (more: string) =>
    `<ListBucketResult><Contents><Key>set/a</Key>${more}</Contents></ListBucketResult>`;
  const glacier = '<StorageClass>GLACIER</StorageClass>';

  test('is found below a folder', async () => {
    expect(await look('s3://data/set/', { body: listed(glacier) })).toEqual(['input-archived']);
  });

  test('below a folder can be read once it is restored, which is asked for', async () => {
    const status = (inner: string) =>
      look('s3://data/set/', { body: listed(`${glacier}<RestoreStatus>${inner}</RestoreStatus>`) });
    expect(await status('<IsRestoreInProgress>true</IsRestoreInProgress>')).toEqual(['input-archived']);
    const done =
      '<IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2026-12-01T00:00:00Z</RestoreExpiryDate>';
    expect(await status(done)).toEqual([]);
    const asked: string[] = [];
    await look('s3://data/set/', { body: listed(glacier) }, (header) => asked.push(header));
    expect(asked).toEqual(['RestoreStatus']);
  });

  const tiered = { 'x-amz-storage-class': 'INTELLIGENT_TIERING' };

  test('may be in an archive of Intelligent-Tiering', async () => {
    expect(await head({ ...tiered, 'x-amz-archive-status': 'DEEP_ARCHIVE_ACCESS' })).toEqual([
      'input-archived',
    ]);
    expect(await head(tiered)).toEqual([]);
  });

  test('below a folder is asked for its tier, which no listing tells', async () => {
    const body = listed('<StorageClass>INTELLIGENT_TIERING</StorageClass>');
    const headers = { 'x-amz-archive-status': 'ARCHIVE_ACCESS' };
    // HeadObject has no body, and a listing none of these headers.
    expect(await look('s3://data/set/', { body, headers })).toEqual(['input-archived']);
    expect(await look('s3://data/set/', { body })).toEqual([]);
  });

  test('of a bucket elsewhere is told with its region', async () => {
    const headers = { 'x-amz-bucket-region': 'eu-west-1' };
    expect(await look('s3://data/a', { status: 301, body: '', headers })).toEqual(['input-elsewhere']);
  });
});

describe('old versions', () => {
  test('are asked for rules only where they are kept', async () => {
    const { reference } = await look();
    expect(reference.counts).toMatchObject({ GetBucketVersioning: 1 });
    expect(reference.counts).not.toHaveProperty('GetBucketLifecycleConfiguration');
  });

  const expiry =
    '<NoncurrentVersionExpiration><NoncurrentDays>30</NoncurrentDays></NoncurrentVersionExpiration>';
  const versioned = async (rule: string) => {
    const bodies = {
      versioning: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
      lifecycle: `<LifecycleConfiguration><Rule>${rule}</Rule></LifecycleConfiguration>`,
    };
    const requestHandler: ReturnType<typeof service> = {
      handle: async ({ query = {} }) => {
        const [, body = ''] = Object.entries(bodies).find(([name]) => name in query) ?? [];
        return { response: { statusCode: 200, headers: {}, body: Buffer.from(body) } };
      },
    };
    const s3 = new S3(clientConfig({ ...settings, requestHandler }, once));
    const facts = await gatherStorage({ s3, logs: logsWith(group) }, 'us-east-1', { ...needs, probe: false });
    return codesIn(judgeStorage(facts));
  };

  test.each([
    ['Enabled', []],
    ['Disabled', ['bucket-keeps-versions']],
  ])('expire by a rule that is %s: %j', async (status, codes) => {
    expect(await versioned(`<Status>${status}</Status>${expiry}`)).toEqual(codes);
  });

  test('do not expire by a rule about something else', async () => {
    expect(await versioned('<Status>Enabled</Status>')).toEqual(['bucket-keeps-versions']);
  });
});

describe('the log group', () => {
  const s3 = new S3({ ...settings, requestHandler: new ReferenceS3().requestHandler, forcePathStyle: true });
  const { bucket: _, ...folder } = needs;
  const found = async (logs: CloudWatchLogs) => {
    const checks = judgeStorage(await gatherStorage({ s3, logs }, 'us-east-1', folder));
    return [...codesIn(checks), ...notDoneIn(checks)];
  };

  test('is the one of exactly this name', async () => {
    expect(await found(logsWith({ logGroupName: '/lab-other' }, group))).toEqual([]);
    expect(await found(logsWith({ ...group, logGroupName: '/lab-other' }))).toEqual(['log-group-missing']);
  });

  test('is looked for on every page', async () => {
    const requestHandler = service((_, input) =>
      'nextToken' in input
        ? { body: { logGroups: [group] } }
        : { body: { logGroups: [], nextToken: 'more' } },
    );
    expect(await found(new CloudWatchLogs(clientConfig({ ...settings, requestHandler }, once)))).toEqual([]);
  });

  test.each(['AccessDeniedException', 'ThrottlingException'])('is not judged after %s', async (name) => {
    const requestHandler = service(() => refusal(name));
    const logs = new CloudWatchLogs(clientConfig({ ...settings, requestHandler }, once));
    expect(await found(logs)).toEqual(['log-group']);
  });
});
