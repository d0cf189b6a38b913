import { type Answer, answerOf } from '../../aws/answer.ts';
import { readFault } from '../../aws/fault.ts';
import type { PreflightClients } from '../clients.ts';
import type { Wanted } from '../wanted.ts';
import { regionTold } from './bucket-region.ts';
import { type AskedInput, askInput } from './inputs.ts';
import { askLogGroup, type LogGroup } from './log-group.ts';
import { type Probe, probeBucket } from './probe.ts';

export interface StorageNeeds extends Pick<Wanted, 'bucket' | 'inputs' | 'logGroup'> {
  /** Whether an object may be written and deleted: the launch role may, that of plans may not. */
  readonly probe: boolean;
}

export interface StorageFacts {
  readonly region: string;
  /** Absent: the store is a folder. */
  readonly bucket?: AskedBucket;
  readonly inputs: readonly AskedInput[];
  readonly logGroup: { readonly name: string; readonly state: Answer<LogGroup> };
}

export interface AskedBucket {
  readonly name: string;
  readonly prefix: string;
  readonly state: Answer<BucketState>;
  /** Absent where the bucket is not there to ask. */
  readonly versions?: Answer<Versions>;
  /** Absent where nobody wanted it, or the bucket is not there. */
  readonly probe?: Probe;
}

export type BucketState =
  | { readonly state: 'there' }
  | { readonly state: 'missing' }
  /** `region`: absent where S3 does not say which. */
  | { readonly state: 'elsewhere'; readonly region?: string };

export interface Versions {
  /** Whether S3 keeps what is written over or deleted. */
  readonly kept: boolean;
  /** Whether a rule of the bucket deletes old versions after a while. */
  readonly expire: boolean;
}

/** At most two calls for the bucket, three more with its probe, one for each input, one for the log group. */
export async function gatherStorage(
  { s3, logs }: Pick<PreflightClients, 's3' | 'logs'>,
  region: string,
  needs: StorageNeeds,
): Promise<StorageFacts> {
  const [bucket, inputs, state] = await Promise.all([
    needs.bucket === undefined ? undefined : askBucket(s3, region, needs.bucket, needs.probe),
    Promise.all(needs.inputs.map((url) => askInput(s3, region, url))),
    askLogGroup(logs, needs.logGroup),
  ]);
  return {
    region,
    ...(bucket && { bucket }),
    inputs,
    logGroup: { name: needs.logGroup, state },
  };
}

type S3 = PreflightClients['s3'];

async function askBucket(
  s3: S3,
  region: string,
  { name, prefix }: NonNullable<Wanted['bucket']>,
  probe: boolean,
): Promise<AskedBucket> {
  const state = await askState(s3, region, name);
  const bucket = { name, prefix, state };
  // Refused, the bucket may still take objects.
  if (state.known && state.value.state !== 'there') return bucket;
  const [versions, probed] = await Promise.all([
    state.known ? askVersions(s3, name) : undefined,
    probe ? probeBucket(s3, { name, prefix }) : undefined,
  ]);
  return { ...bucket, ...(versions && { versions }), ...(probed && { probe: probed }) };
}

/** HeadBucket needs s3:ListBucket. A bucket elsewhere answers with its region in a header (AB 7; seen in the SDK). */
function askState(s3: S3, region: string, name: string): Promise<Answer<BucketState>> {
  return answerOf('s3:ListBucket', async (): Promise<BucketState> => {
    try {
      const { BucketRegion } = await s3.headBucket({ Bucket: name });
      if (BucketRegion === undefined || BucketRegion === region) return { state: 'there' };
      return { state: 'elsewhere', region: BucketRegion };
    } catch (error) {
      const elsewhere = regionTold(error, region);
      if (elsewhere !== undefined) return { state: 'elsewhere', ...elsewhere };
      if (readFault(error).status === 404) return { state: 'missing' };
      throw error;
    }
  });
}

/** Rules are asked for where old versions are kept at all. */
async function askVersions(s3: S3, name: string): Promise<Answer<Versions>> {
  const kept = await answerOf('s3:GetBucketVersioning', async () => {
    const { Status } = await s3.getBucketVersioning({ Bucket: name });
    return Status === 'Enabled';
  });
  if (!kept.known) return kept;
  if (!kept.value) return { known: true, value: { kept: false, expire: false } };
  const expire = await answerOf('s3:GetLifecycleConfiguration', () => oldVersionsExpire(s3, name));
  return expire.known ? { known: true, value: { kept: true, expire: expire.value } } : expire;
}

async function oldVersionsExpire(s3: S3, name: string): Promise<boolean> {
  try {
    const { Rules = [] } = await s3.getBucketLifecycleConfiguration({ Bucket: name });
    return Rules.some(
      ({ Status, NoncurrentVersionExpiration }) => Status === 'Enabled' && NoncurrentVersionExpiration,
    );
  } catch (error) {
    // NoSuchLifecycleConfiguration.
    if (readFault(error).status === 404) return false;
    throw error;
  }
}
