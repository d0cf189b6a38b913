import {
  type Codes,
  checked,
  findingsOf,
  nothingToCheck,
  type Row,
  type Verdict,
  verdictOn,
} from '../codes.ts';
import { awsCommand } from '../command.ts';
import type { Check, Finding } from '../finding.ts';
import { judgeInputs } from './judge-inputs.ts';
import { judgeLogGroup } from './judge-log-group.ts';
import type { Probe } from './probe.ts';
import type { AskedBucket, BucketState, StorageFacts, Versions } from './storage.ts';

export const storageCodes = {
  'bucket-missing': {
    severity: 'error',
    means: 'The bucket of the store does not exist',
    why: 'Nothing could be launched: state and outputs have no place.',
    fix: 'Create it, or correct `store` in muster.yaml.',
  },
  'bucket-elsewhere': {
    severity: 'error',
    means: 'The bucket of the store is in another region than the queues',
    why: 'The store refuses buckets of other regions: every GB would be paid on its way, and read slowly.',
    fix: 'Use a bucket and queues of one region.',
  },
  'bucket-overwrites': {
    severity: 'error',
    means: 'The service of the store does not keep to create-only writes',
    why: 'Everything rests on them: two launches would both win, and work would run and be paid for twice.',
    fix: 'Take a service that implements conditional writes.',
  },
  'bucket-unwritable': {
    severity: 'error',
    means: 'Whoever launches may not write to the bucket of the store',
    why: 'A launch writes the run before it submits anything: it would end half-way, with nothing submitted.',
    fix: 'Grant s3:PutObject on the prefix of the store.',
  },
  'bucket-keeps-versions': {
    severity: 'warning',
    means: 'The bucket of the store keeps every old version for ever',
    why: 'State is rewritten at every look, and whatever is deleted stays and is billed.',
    fix: 'Let old versions expire.',
  },
} as const satisfies Codes;

const finding = findingsOf(storageCodes);

const rows = {
  bucket: { group: 'storage', check: 'bucket', title: "The store's bucket is in the region of the queues" },
  createOnly: {
    group: 'storage',
    check: 'create-only',
    title: "The store's bucket refuses to write over what is there",
  },
  versions: {
    group: 'storage',
    check: 'versions',
    title: "The store's bucket does not hoard old versions",
  },
} as const satisfies Readonly<Record<string, Row>>;

/** Pure. A bucket that cannot be used has one finding: nothing else of it is looked for. */
export function judgeStorage(facts: StorageFacts): readonly Check[] {
  return [...judgeBucket(facts), judgeInputs(facts), judgeLogGroup(facts)];
}

function judgeBucket({ bucket, region }: StorageFacts): readonly Check[] {
  if (bucket === undefined) {
    return Object.values(rows).map((row) => nothingToCheck(row, 'The store is a folder.'));
  }
  const { name, state, probe, versions } = bucket;
  const isThere = state.known && state.value.state === 'there';
  const gone = `There is no bucket ${name} in ${region}.`;
  return [
    checked(rows.bucket, [verdictOn(state, (found) => bucketTrouble(name, region, found))]),
    probe === undefined
      ? nothingToCheck(rows.createOnly, isThere ? 'Only a launch writes a trial object.' : gone)
      : checked(rows.createOnly, judgeProbe(bucket, probe)),
    versions === undefined
      ? unseen(state, gone)
      : checked(rows.versions, [verdictOn(versions, (found) => versionTrouble(name, region, found))]),
  ];
}

const unseen = (state: AskedBucket['state'], gone: string) =>
  state.known ? nothingToCheck(rows.versions, gone) : checked(rows.versions, [state]);

function bucketTrouble(name: string, region: string, found: BucketState): readonly Finding[] {
  const about = `bucket ${name}`;
  switch (found.state) {
    case 'there':
      return [];
    case 'missing': {
      const fix = `Create it: ${awsCommand(region, 's3 mb', `s3://${name}`)}. Or correct \`store\` in muster.yaml.`;
      return [finding('bucket-missing', { about, seen: 'there is no such bucket', fix })];
    }
    case 'elsewhere': {
      const theirs = found.region === undefined ? 'another region' : found.region;
      const seen = `in ${theirs}; the queues are in ${region}`;
      const fix = `Create one beside the queues (${awsCommand(region, 's3 mb', `s3://${name}-${region}`)}) and write it as \`store\` in muster.yaml, or use queues of ${theirs}.`;
      return [finding('bucket-elsewhere', { about, seen, fix })];
    }
  }
}

function judgeProbe({ name }: AskedBucket, { key, created, again, deleted }: Probe): readonly Verdict[] {
  const about = `bucket ${name}`;
  const fix =
    'Take AWS S3, or a service that implements If-None-Match, such as new versions of MinIO and Ceph.';
  const unsupported = 'it does not implement conditional writes (HTTP 501)';
  const overwritten = `it wrote over ${key} although told to create it only`;
  const prefix = key.replace(/preflight\/[^/]*$/, '');
  return [
    verdictOn(created, (told) => {
      switch (told) {
        case 'written':
          return [];
        case 'unsupported':
          return [finding('bucket-overwrites', { about, seen: unsupported, fix })];
        case 'denied': {
          const seen = `s3:PutObject of the trial object ${key} was denied`;
          const grant = `Grant s3:PutObject on \`arn:aws:s3:::${name}/${prefix}*\` to whoever launches.`;
          return [finding('bucket-unwritable', { about, seen, fix: grant })];
        }
      }
    }),
    again === undefined
      ? []
      : verdictOn(again, (told) =>
          told === 'overwritten' ? [finding('bucket-overwrites', { about, seen: overwritten, fix })] : [],
        ),
    deleted === undefined || deleted.known
      ? []
      : { ...deleted, why: `${deleted.why} The trial object s3://${name}/${key} is left.` },
  ];
}

function versionTrouble(name: string, region: string, { kept, expire }: Versions): readonly Finding[] {
  if (!kept || expire) return [];
  const rule =
    '{"Rules":[{"ID":"old-versions","Status":"Enabled","Filter":{},"NoncurrentVersionExpiration":{"NoncurrentDays":30},"Expiration":{"ExpiredObjectDeleteMarker":true}}]}';
  const there = awsCommand(region, 's3api get-bucket-lifecycle-configuration', `--bucket ${name}`);
  const write = awsCommand(region, 's3api put-bucket-lifecycle-configuration', `--bucket ${name}`, [
    '--lifecycle-configuration',
    rule,
  ]);
  // Warned of before the command, not behind it.
  const fix = `Writing rules replaces all that the bucket has, so see them first: ${there}. With those of them that are to stay: ${write}`;
  const seen = 'versioning is on, and no rule lets old versions expire';
  return [finding('bucket-keeps-versions', { about: `bucket ${name}`, seen, fix })];
}
