import { describe, expect, test } from 'vitest';
import { judgeStorage } from '../../../src/preflight/surroundings/judge-storage.ts';
import type { Probe } from '../../../src/preflight/surroundings/probe.ts';
import type { AskedBucket, StorageFacts } from '../../../src/preflight/surroundings/storage.ts';
import { codesIn, idleIn, known, notDoneIn, refused, theOne } from './found.ts';

const probe: Probe = {
  key: 'lab/preflight/x',
  created: known('written'),
  again: known('refused'),
  deleted: known(true),
};
const bucket = {
  name: 'ens',
  prefix: 'lab',
  state: known({ state: 'there' }),
  versions: known({ kept: false, expire: false }),
  probe,
} as const satisfies AskedBucket;
const right: StorageFacts = {
  region: 'us-east-1',
  bucket,
  inputs: [{ url: 's3://data/a.h5', state: known({ state: 'there' }) }],
  logGroup: { name: '/aws/batch/job', state: known({ state: 'there', retentionDays: 30 }) },
};
const judged = (changes: Partial<StorageFacts>) => judgeStorage({ ...right, ...changes });
const withBucket = (changes: Partial<AskedBucket>) => judged({ bucket: { ...bucket, ...changes } });

describe('the bucket of the store', () => {
  test('is right beside its queues, where it creates once', () => {
    expect(codesIn(judged({}))).toEqual([]);
    expect(notDoneIn(judged({}))).toEqual([]);
  });

  test('is none where the store is a folder', () => {
    const { bucket: _, ...folder } = right;
    expect(idleIn(judgeStorage(folder))).toEqual(['bucket', 'create-only', 'versions']);
  });

  test('is missing: that alone is found, of inputs in it, too', () => {
    const gone = { name: 'ens', prefix: 'lab', state: known({ state: 'missing' }) } as const;
    const checks = judged({
      bucket: gone,
      inputs: [{ url: 's3://ens/in', state: known({ state: 'missing' }) }],
    });
    expect(codesIn(checks)).toEqual(['bucket-missing']);
    expect(idleIn(checks)).toEqual(['create-only', 'versions']);
    expect(theOne(checks, 'bucket-missing').fix).toContain('aws s3 mb --region us-east-1 s3://ens');
  });

  test('is elsewhere', () => {
    const away = {
      name: 'ens',
      prefix: '',
      state: known({ state: 'elsewhere', region: 'eu-west-1' }),
    } as const;
    const checks = judged({ bucket: away });
    expect(codesIn(checks)).toEqual(['bucket-elsewhere']);
    expect(theOne(checks, 'bucket-elsewhere').seen).toBe('in eu-west-1; the queues are in us-east-1');
  });

  test('that may not be looked at leaves its checks undone, and the others done', () => {
    const dark = { name: 'ens', prefix: '', state: refused('s3:ListBucket') } as const;
    const checks = judged({
      bucket: dark,
      logGroup: { name: 'g', state: known({ state: 'missing' }) },
    });
    expect(notDoneIn(checks)).toEqual(['bucket', 'versions']);
    expect(codesIn(checks)).toEqual(['log-group-missing']);
  });

  test.each([
    ['writes over what is there', { again: known('overwritten') }],
    ['knows no conditions', { created: known('unsupported'), again: undefined, deleted: undefined }],
  ] as const)('cannot hold a store when it %s', (_, changes) => {
    const { again: _again, deleted: _deleted, ...first } = { ...probe, ...changes };
    const told = { ...first, ...(changes.again && { again: changes.again }) } as Probe;
    expect(codesIn(withBucket({ probe: told }))).toEqual(['bucket-overwrites']);
  });

  test('is not tried by who only plans', () => {
    const { probe: _, ...untried } = bucket;
    expect(idleIn(judged({ bucket: untried }))).toEqual(['create-only']);
  });

  test('that denies the trial would deny a launch: the right is named on the prefix of the store', () => {
    const checks = withBucket({ probe: { key: 'lab/preflight/x', created: known('denied') } });
    expect(codesIn(checks)).toEqual(['bucket-unwritable']);
    expect(theOne(checks, 'bucket-unwritable')).toMatchObject({
      severity: 'error',
      fix: 'Grant s3:PutObject on `arn:aws:s3:::ens/lab/*` to whoever launches.',
    });
  });

  test('may give no answer to the trial: then it is not done', () => {
    const told: Probe = { key: 'k', created: refused('s3:PutObject') };
    expect(notDoneIn(withBucket({ probe: told }))).toEqual(['create-only']);
  });

  test('may refuse to delete the trial: then people learn what is left', () => {
    const checks = withBucket({ probe: { ...probe, deleted: refused('s3:DeleteObject') } });
    const [left] = checks.flatMap(({ notDone }) => notDone);
    expect(left?.why).toContain('s3://ens/lab/preflight/x is left');
  });

  test.each([
    [true, false, ['bucket-keeps-versions']],
    [true, true, []],
    [false, false, []],
  ])('that keeps old versions: %s, lets them expire: %s, gives %j', (kept, expire, codes) => {
    expect(codesIn(withBucket({ versions: known({ kept, expire }) }))).toEqual(codes);
  });

  test('that keeps old versions is mended by a command that ends as a command, after a warning', () => {
    const { fix } = theOne(
      withBucket({ versions: known({ kept: true, expire: false }) }),
      'bucket-keeps-versions',
    );
    expect(fix).toMatch(
      /^Writing rules replaces all .*get-bucket-lifecycle-configuration.*: aws s3api put-bucket/,
    );
    expect(fix).toMatch(/--lifecycle-configuration '\{"Rules":[^']*\}'$/);
  });

  test('whose versions may not be asked is judged otherwise', () => {
    expect(notDoneIn(withBucket({ versions: refused('s3:GetBucketVersioning') }))).toEqual(['versions']);
  });
});

describe('inputs', () => {
  const input = (state: StorageFacts['inputs'][number]['state'], url = 's3://data/set/a.h5') =>
    judged({ inputs: [{ url, state }] });

  test.each([
    [{ state: 'missing' }, 'input-missing'],
    [{ state: 'archived', class: 'GLACIER' }, 'input-archived'],
    [{ state: 'elsewhere', region: 'eu-west-1' }, 'input-elsewhere'],
    [{ state: 'elsewhere' }, 'input-elsewhere'],
  ] as const)('that are %j give %s', (state, code) => {
    expect(codesIn(input(known(state)))).toEqual([code]);
  });

  test('that are missing are looked for where they should be', () => {
    const fix = (url: string) => theOne(input(known({ state: 'missing' }), url), 'input-missing').fix;
    expect(fix('s3://data/set/a.h5')).toContain('aws s3 ls --region us-east-1 s3://data/set/)');
    expect(fix('s3://data/set/deep/')).toContain('s3://data/set/)');
    expect(fix('s3://data/a.h5')).toContain('s3://data/)');
  });

  test('with signs of shells are quoted in commands', () => {
    const { fix } = theOne(
      input(known({ state: 'archived', class: 'DEEP_ARCHIVE' }), "s3://data/it's; here"),
      'input-archived',
    );
    expect(fix).toContain(String.raw`--key 'it'\''s; here'`);
  });

  test('that are archived below a folder are restored one by one: copying would fail as reading does', () => {
    const { fix } = theOne(
      input(known({ state: 'archived', class: 'GLACIER' }), 's3://data/set/'),
      'input-archived',
    );
    expect(fix).toContain('aws s3 ls --recursive --region us-east-1 s3://data/set/');
    expect(fix).toContain(`--key KEY --restore-request '{"Days":14,`);
  });

  test('in a tier are restored for good, without days', () => {
    const tier = known({ state: 'archived', class: 'INTELLIGENT_TIERING', tier: 'ARCHIVE_ACCESS' } as const);
    expect(theOne(input(tier), 'input-archived')).toMatchObject({
      seen: 'in the ARCHIVE_ACCESS tier of INTELLIGENT_TIERING',
      fix: expect.stringContaining(`--restore-request '{"GlacierJobParameters":{"Tier":"Standard"}}'`),
    });
  });

  test('that are elsewhere are copied by a command without a sign that a shell would read', () => {
    const { fix } = theOne(input(known({ state: 'elsewhere' }), 's3://data/set/'), 'input-elsewhere');
    expect(fix).toBe(
      'aws s3 cp --recursive --source-region ITS_REGION --region us-east-1 s3://data/set/ s3://BUCKET_HERE/set/, and write that in the grid.',
    );
  });

  test('beside a store that is there are judged', () => {
    expect(codesIn(input(known({ state: 'missing' }), 's3://ens/a'))).toEqual(['input-missing']);
  });

  test('that may not be read leave the others judged', () => {
    const checks = judged({
      inputs: [
        { url: 's3://data/a', state: refused('s3:GetObject') },
        { url: 's3://data/b', state: known({ state: 'missing' }) },
      ],
    });
    expect(codesIn(checks)).toEqual(['input-missing']);
    expect(notDoneIn(checks)).toEqual(['inputs']);
  });

  test('that nobody declares are nothing to look at', () => {
    expect(idleIn(judged({ inputs: [] }))).toEqual(['inputs']);
  });
});

describe('the log group', () => {
  const group = (state: StorageFacts['logGroup']['state']) => judged({ logGroup: { name: '/lab', state } });

  test('has to exist', () => {
    const checks = group(known({ state: 'missing' }));
    expect(codesIn(checks)).toEqual(['log-group-missing']);
    expect(theOne(checks, 'log-group-missing').fix).toContain(
      'aws logs create-log-group --region us-east-1 --log-group-name /lab',
    );
  });

  test('should let old logs expire', () => {
    const checks = group(known({ state: 'there' }));
    expect(codesIn(checks)).toEqual(['logs-never-expire']);
    expect(theOne(checks, 'logs-never-expire').severity).toBe('warning');
  });

  test('that may not be looked at is not judged', () => {
    expect(notDoneIn(group(refused('logs:DescribeLogGroups')))).toEqual(['log-group']);
  });
});
