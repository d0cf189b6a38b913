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

/** Puts files under the attempt's own prefix, which nobody else writes. In the order given. */
export async function deliver(
  store: Store,
  prefix: string,
  parcels: readonly Parcel[],
): Promise<readonly OutputRecord[]> {
  const limit = pLimit(uploadsAtOnce);
  return await Promise.all(
    parcels.map((parcel) =>
      limit(async () => {
        const key = prefix + parcel.path;
        const put = await store.putFile(key, parcel.file);
        if (put.outcome === 'conflict') {
          throw new WorkFailure({
            class: 'store',
            message: `${store.url(key)} is already there: another worker claims to be this attempt`,
            again: true,
          });
        }
        return { path: parcel.path, key, size: put.size, sha256: put.sha256 };
      }),
    ),
  );
}
