import pLimit from 'p-limit';
import type { OutputRecord } from '../results/fragment.ts';
import type { Store } from '../store/store.ts';
import { WorkFailure } from './failure.ts';

export interface Parcel {
  /** Below the attempt's prefix. */
  readonly path: string;
  readonly file: string;
}

/** Uploads at once: many small files are bound by latency, few large ones by bandwidth. */
const uploadsAtOnce = 8;

/**
 * Puts files under the attempt's own prefix, which nobody else writes. In the order given. After the first failure no
 * further upload begins, and it throws once those that had begun have ended: the next combination needs their files' place.
 */
export async function deliver(
  store: Store,
  prefix: string,
  parcels: readonly Parcel[],
): Promise<readonly OutputRecord[]> {
  const limit = pLimit(uploadsAtOnce);
  const failed = new AbortController();
  const upload = async (parcel: Parcel): Promise<OutputRecord> => {
    failed.signal.throwIfAborted();
    try {
      return await put(store, prefix, parcel);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const uploads = parcels.map((parcel) => limit(upload, parcel));
  await Promise.allSettled(uploads);
  failed.signal.throwIfAborted();
  return await Promise.all(uploads);
}

async function put(store: Store, prefix: string, { path, file }: Parcel): Promise<OutputRecord> {
  const key = prefix + path;
  const stored = await store.putFile(key, file);
  if (stored.outcome === 'conflict') {
    throw new WorkFailure({
      class: 'store',
      message: `${store.url(key)} is already there: another worker claims to be this attempt`,
      again: true,
    });
  }
  return { path, key, size: stored.size, sha256: stored.sha256 };
}
