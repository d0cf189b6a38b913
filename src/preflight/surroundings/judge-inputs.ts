import { type Codes, checked, findingsOf, nothingToCheck, type Verdict, verdictOn } from '../codes.ts';
import { awsCommand, quoted } from '../command.ts';
import type { Check, Finding } from '../finding.ts';
import { type AskedInput, type InputState, s3Place } from './inputs.ts';
import type { StorageFacts } from './storage.ts';

export const inputCodes = {
  'input-missing': {
    severity: 'error',
    means: 'An input of the grid does not exist',
    why: 'Every combination that needs it fails before its program starts.',
    fix: 'Upload it, or correct `inputs` of the grid.',
  },
  'input-archived': {
    severity: 'error',
    means: 'An input of the grid is archived',
    why: 'Archived objects cannot be read before somebody restores them, which takes hours.',
    fix: 'Restore it, or copy it to another storage class.',
  },
  'input-elsewhere': {
    severity: 'error',
    means: 'An input of the grid is in a bucket of another region',
    why: 'The worker reads buckets of its own region only: crossing regions is slow, and every GB is paid.',
    fix: 'Copy it to a bucket of the region of the queues.',
  },
} as const satisfies Codes;

const finding = findingsOf(inputCodes);

const row = {
  group: 'storage',
  check: 'inputs',
  title: 'Inputs of the first combination can be read',
} as const;

/** Pure. */
export function judgeInputs(facts: StorageFacts): Check {
  if (facts.inputs.length === 0) return nothingToCheck(row, 'No input in S3 is declared.');
  return checked(
    row,
    facts.inputs.map((input) => judgeInput(facts, input)),
  );
}

function judgeInput({ bucket, region }: StorageFacts, { url, state }: AskedInput): Verdict {
  const isBesideStore = s3Place(url).bucket === bucket?.name;
  // The bucket of the store has told its own trouble.
  if (isBesideStore && bucket.state.known && bucket.state.value.state !== 'there') return [];
  return verdictOn(state, (found) => inputTrouble(url, region, found));
}

function inputTrouble(url: string, region: string, found: InputState): readonly Finding[] {
  const about = `input ${url}`;
  const { bucket, key } = s3Place(url);
  switch (found.state) {
    case 'there':
      return [];
    case 'missing': {
      const seen = isFolder(key) ? 'there is nothing below it' : 'there is no such object';
      const folder = key.slice(0, key.lastIndexOf('/', key.length - 2) + 1);
      const listing = awsCommand(region, 's3 ls', quoted(`s3://${bucket}/${folder}`));
      const fix = `See what is there (${listing}), and upload it, or correct \`inputs\` of the grid.`;
      return [finding('input-missing', { about, seen, fix })];
    }
    case 'archived': {
      const { class: storageClass, tier } = found;
      const seen =
        tier === undefined ? `of storage class ${storageClass}` : `in the ${tier} tier of ${storageClass}`;
      return [finding('input-archived', { about, seen, fix: restoring(region, url, tier) })];
    }
    case 'elsewhere': {
      const seen = `in ${found.region ?? 'another region'}; the queues are in ${region}`;
      const copy = [
        'aws s3 cp',
        ...(isFolder(key) ? ['--recursive'] : []),
        `--source-region ${found.region ?? 'ITS_REGION'} --region ${region}`,
        ...[quoted(url), quoted(`s3://BUCKET_HERE/${key}`)],
      ].join(' ');
      return [finding('input-elsewhere', { about, seen, fix: `${copy}, and write that in the grid.` })];
    }
  }
}

const isFolder = (key: string) => key === '' || key.endsWith('/');

/** What is in a tier comes back to its class for good, so for that no days are told [MEM]. */
function restoring(region: string, url: string, tier: string | undefined): string {
  const { bucket, key } = s3Place(url);
  const days = tier === undefined ? '"Days":14,' : '';
  const request = quoted(`{${days}"GlacierJobParameters":{"Tier":"Standard"}}`);
  const restore = (one: string) =>
    awsCommand(
      region,
      's3api restore-object',
      `--bucket ${bucket} --key ${one} --restore-request ${request}`,
    );
  if (!isFolder(key)) return restore(quoted(key));
  const list = awsCommand(region, 's3 ls --recursive', quoted(url));
  return `Restore every object below it: ${list}, and for each KEY of it: ${restore('KEY')}`;
}
