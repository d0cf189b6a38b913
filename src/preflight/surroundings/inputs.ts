import type { _Object as S3Object } from '@aws-sdk/client-s3';
import { type Answer, answerOf } from '../../aws/answer.ts';
import { readFault } from '../../aws/fault.ts';
import { pages } from '../../aws/pages.ts';
import type { PreflightClients } from '../clients.ts';
import { regionTold } from './bucket-region.ts';

export interface AskedInput {
  /** `s3://bucket/key`; with a final `/` everything below. */
  readonly url: string;
  readonly state: Answer<InputState>;
}

export type InputState =
  | { readonly state: 'there' }
  | { readonly state: 'missing' }
  /** It must be restored before anybody reads it; `tier`: the one of its class that is an archive. */
  | { readonly state: 'archived'; readonly class: string; readonly tier?: string }
  | { readonly state: 'elsewhere'; readonly region?: string };

/**
 * Reads no bytes. One call for an object; of everything below a folder, the first object stands for all, which takes one
 * call as a rule.
 */
export async function askInput(s3: PreflightClients['s3'], region: string, url: string): Promise<AskedInput> {
  const { bucket, key } = s3Place(url);
  if (key !== '' && !key.endsWith('/')) return { url, state: await askObject(s3, region, bucket, key) };
  const first = await answerOf('s3:ListBucket', () => unlessAway(region, () => firstBelow(s3, bucket, key)));
  if (!first.known) return { url, state: first };
  if ('state' in first.value) return { url, state: { known: true, value: first.value } };
  const { Key = '', StorageClass, RestoreStatus } = first.value;
  // A listing does not tell in which tier an object is.
  if (StorageClass === tiering) return { url, state: await askObject(s3, region, bucket, Key) };
  const isRestored = RestoreStatus?.RestoreExpiryDate !== undefined;
  return { url, state: { known: true, value: isRestored ? { state: 'there' } : ofClass(StorageClass) } };
}

const askObject = (s3: PreflightClients['s3'], region: string, bucket: string, key: string) =>
  answerOf('s3:GetObject', () => unlessAway(region, () => look(s3, bucket, key)));

/** What S3 says instead of an answer, where it is one. */
async function unlessAway<Found>(region: string, ask: () => Promise<Found>): Promise<Found | InputState> {
  try {
    return await ask();
  } catch (error) {
    const elsewhere = regionTold(error, region);
    if (elsewhere !== undefined) return { state: 'elsewhere', ...elsewhere };
    if (readFault(error).status === 404) return { state: 'missing' };
    throw error;
  }
}

async function look(s3: PreflightClients['s3'], Bucket: string, Key: string): Promise<InputState> {
  const { StorageClass, Restore, ArchiveStatus } = await s3.headObject({ Bucket, Key });
  // A restored copy is announced by this header, with its end.
  if (Restore?.includes('ongoing-request="false"') === true) return { state: 'there' };
  // Present while an object of Intelligent-Tiering is in one of its archives [MEM].
  return ArchiveStatus === undefined
    ? ofClass(StorageClass)
    : { state: 'archived', class: tiering, tier: ArchiveStatus };
}

/** Some tools write objects of the names of folders, in any number before the first real one. */
async function firstBelow(
  s3: PreflightClients['s3'],
  Bucket: string,
  Prefix: string,
): Promise<S3Object | InputState> {
  const all = pages(async (ContinuationToken) => {
    const { Contents, NextContinuationToken } = await s3.listObjectsV2({
      ...{ Bucket, Prefix, ContinuationToken },
      OptionalObjectAttributes: ['RestoreStatus'],
    });
    return { items: Contents, nextToken: NextContinuationToken };
  });
  for await (const { items = [] } of all) {
    const first = items.find(({ Key = '' }) => !Key.endsWith('/'));
    if (first !== undefined) return first;
  }
  return { state: 'missing' };
}

const tiering = 'INTELLIGENT_TIERING';

const ofClass = (storageClass: string | undefined): InputState =>
  archives.has(storageClass ?? '') ? { state: 'archived', class: storageClass ?? '' } : { state: 'there' };

/** Classes whose objects cannot be read at once; Glacier Instant Retrieval is none of them [MEM]. */
const archives: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

export function s3Place(url: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(url) ?? [];
  return { bucket, key };
}
