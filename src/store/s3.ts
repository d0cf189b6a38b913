import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { consoleUrl } from '../aws/console.ts';
import { customEndpoint } from '../aws/endpoint.ts';
import { namedRegion, requireRegion } from '../aws/region.ts';
import { type AwsSettings, clientConfig, persistent, watched } from '../aws/settings.ts';
import { checkPrefix } from './key-rule.ts';
import { parseAddress } from './s3/address.ts';
import { type Bucket, limits } from './s3/bucket.ts';
import { getFile } from './s3/download.ts';
import { list } from './s3/list.ts';
import { probeConditionalWrites } from './s3/probe.ts';
import { put, remove } from './s3/put.ts';
import { get, head } from './s3/read.ts';
import { putFile } from './s3/upload.ts';
import type { Store } from './store.ts';

interface S3Options {
  readonly aws?: AwsSettings;
  /** Where the URL was written, for messages. */
  readonly from?: string;
  /** Waits, in milliseconds. */
  readonly pause?: (milliseconds: number) => Promise<void>;
}

/**
 * A store in a general purpose bucket of S3, or of a service that speaks its protocol. Versions are ETags, so equal
 * bytes have equal versions. Asks nothing of AWS before the first use.
 */
export async function openS3Store(url: string, options: S3Options = {}): Promise<Store> {
  const { aws = {}, from = 'command line', pause = sleep } = options;
  const address = parseAddress(url, from);
  const endpoint = customEndpoint(aws, 'S3');
  const named = namedRegion(aws);
  const settings = named === undefined ? aws : { ...aws, region: named };
  const client = watched(new S3Client(s3Config(settings, endpoint)), aws);
  const region = await requireRegion(settings, () => client.config.region());
  const bucket: Bucket = {
    ...address,
    client,
    region,
    ...(endpoint !== undefined && { endpoint }),
    checksums: endpoint === undefined,
    ...limits(),
    pause: async (milliseconds) => await pause(milliseconds),
  };
  const store = storeIn(bucket, endpoint);
  return endpoint === undefined ? store : probedFirst(store, endpoint);
}

/** AB 7.3: services other than AWS's know neither the newer checksums nor, often, buckets as host names. */
function s3Config(aws: AwsSettings, endpoint: string | undefined) {
  const config = clientConfig(aws, persistent);
  if (endpoint === undefined) return config;
  return {
    ...config,
    endpoint,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  } as const;
}

function storeIn(bucket: Bucket, endpoint: string | undefined): Store {
  const location = `s3://${bucket.bucket}/${bucket.prefix}`.replace(/\/$/, '');
  return {
    location,
    get: async (key, range) => await get(bucket, key, range),
    put: async (key, bytes, condition) =>
      await put(bucket, key, typeof bytes === 'string' ? Buffer.from(bytes) : bytes, condition),
    putFile: async (key, path) => await putFile(bucket, key, path),
    getFile: async (key, path) => await getFile(bucket, key, path),
    stat: async (key) => await head(bucket, key),
    delete: async (key, version) => await remove(bucket, key, version),
    async *list(prefix, options) {
      checkPrefix(prefix);
      yield* list(bucket, prefix, options?.after ?? '');
    },
    url: (key) => (endpoint === undefined ? consoleLink(bucket, key) : `${location}/${key}`),
  };
}

/** The object's page in the console, from where it can be opened and downloaded [the form is widely seen: AB 8]. */
function consoleLink({ bucket, prefix, region }: Bucket, key: string): string {
  const name = encodeURIComponent(`${prefix}${key}`);
  return `${consoleUrl(region)}/s3/object/${bucket}?region=${region}&prefix=${name}`;
}

/** Places that have kept conditions once in this process. */
const honest = new Set<string>();

/** Before the first write asks whether this service keeps conditions at all. */
function probedFirst(store: Store, endpoint: string): Store {
  const place = `${endpoint} ${store.location}`;
  let probing: Promise<void> | undefined;
  async function probe(): Promise<void> {
    if (honest.has(place)) return;
    probing ??= probeConditionalWrites(store, endpoint);
    try {
      await probing;
      honest.add(place);
    } finally {
      probing = undefined;
    }
  }
  return {
    ...store,
    put: async (key, bytes, condition) => {
      await probe();
      return await store.put(key, bytes, condition);
    },
    putFile: async (key, path) => {
      await probe();
      return await store.putFile(key, path);
    },
    delete: async (key, version) => {
      await probe();
      return await store.delete(key, version);
    },
  };
}
