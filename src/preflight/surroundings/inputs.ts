import { type Answer, answerOf } from '../../aws/answer.ts';
import { readFault } from '../../aws/fault.ts';
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
  /** Its class must be restored before anybody reads it. */
  | { readonly state: 'archived'; readonly class: string }
  | { readonly state: 'elsewhere'; readonly region?: string };

/** One call, which reads no bytes: of everything below a folder, the first object. */
export async function askInput(s3: PreflightClients['s3'], region: string, url: string): Promise<AskedInput> {
  const { bucket, key } = s3Place(url);
  const isFolder = key === '' || key.endsWith('/');
  const state = await answerOf(isFolder ? 's3:ListBucket' : 's3:GetObject', async (): Promise<InputState> => {
    try {
      return isFolder ? await lookBelow(s3, bucket, key) : await look(s3, bucket, key);
    } catch (error) {
      const elsewhere = regionTold(error, region);
      if (elsewhere !== undefined) return { state: 'elsewhere', ...elsewhere };
      if (readFault(error).status === 404) return { state: 'missing' };
      throw error;
    }
  });
  return { url, state };
}

async function look(s3: PreflightClients['s3'], Bucket: string, Key: string): Promise<InputState> {
  const { StorageClass, Restore } = await s3.headObject({ Bucket, Key });
  // A restored copy is announced by this header, with its end.
  const restored = Restore?.includes('ongoing-request="false"') === true;
  return restored ? { state: 'there' } : ofClass(StorageClass);
}

async function lookBelow(s3: PreflightClients['s3'], Bucket: string, Prefix: string): Promise<InputState> {
  // Two, because some tools write an object of the folder's own name first.
  const { Contents = [] } = await s3.listObjectsV2({ Bucket, Prefix, MaxKeys: 2 });
  const first = Contents.find(({ Key = '' }) => !Key.endsWith('/'));
  return first === undefined ? { state: 'missing' } : ofClass(first.StorageClass);
}

const ofClass = (storageClass: string | undefined): InputState =>
  archives.has(storageClass ?? '') ? { state: 'archived', class: storageClass ?? '' } : { state: 'there' };

/** Classes whose objects cannot be read at once; Glacier Instant Retrieval is none of them [MEM]. */
const archives: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

export function s3Place(url: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(url) ?? [];
  return { bucket, key };
}
