import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsSettings } from '../../src/aws/settings.ts';
import { openBatchEngine } from '../../src/engine/aws-batch/batch-engine.ts';
import { defaultLogGroup } from '../../src/engine/aws-batch/settings.ts';
import { shippedPrices } from '../../src/money/prices.ts';
import type { RunDeps } from '../../src/run/deps.ts';
import { MemoryForge } from '../../test/run/memory-forge.ts';

export const storeUrl = 's3://ens/bench';
export const awsBasics = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
} satisfies AwsSettings;

interface Parts {
  readonly store: RunDeps['store'];
  readonly aws: AwsSettings;
  readonly now: () => Date;
}

/** What the verbs need, without the models: for processes whose memory is measured. */
export async function openDeps(folder: string, { store, aws, now }: Parts): Promise<RunDeps> {
  const arn = 'arn:aws:batch:us-east-1:123456789012:job-queue/spot';
  const engine = await openBatchEngine({
    ...{ aws, region: awsBasics.region, queues: [{ name: 'spot', arn }], logGroup: defaultLogGroup },
    ...{ roles: {}, environment: {}, clock: now },
  });
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch, { recursive: true });
  return {
    ...{ store, engine, scratch, owner: 'bench', actor: 'bench', version: '0' },
    forge: new MemoryForge({ 'README.md': '# Lab\n' }),
    clock: { now, sleep: async () => {} },
    planEngine: {
      kind: 'aws-batch',
      queues: { spot: { arn, architecture: 'arm64', capacity: 'spot' } },
      prices: shippedPrices,
    },
    settings: { money: {}, watchSeconds: 600 },
    isGone: () => false,
    log: () => {},
  };
}
