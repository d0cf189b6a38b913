import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type S3Answer, S3Refusal, type S3Request } from './wire.ts';

/** An object that is kept. */
export interface Kept {
  readonly bytes: Buffer;
  readonly etag: string;
  /** `x-amz-meta-*` headers. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The objects of one bucket, in order. */
export class Shelf {
  readonly objects = new Map<string, Kept>();
  #order: readonly string[] | undefined;

  keep(key: string, object: Kept): void {
    if (!this.objects.has(key)) this.#order = undefined;
    this.objects.set(key, object);
  }

  drop(key: string): void {
    this.#order = undefined;
    this.objects.delete(key);
  }

  /** General purpose buckets list in the order of UTF-8 bytes. */
  keys(): readonly string[] {
    this.#order ??= [...this.objects.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return this.#order;
  }
}

export const etagOf = (bytes: Buffer) => `"${createHash('md5').update(bytes).digest('hex')}"`;

export const metadataOf = ({ headers }: S3Request) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-')));

/** AB 7.1: what a write must find. */
export function checkConditions({ headers }: S3Request, now: Kept | undefined): void {
  const none = headers['if-none-match'];
  if (none !== undefined && none !== '*') throw new S3Refusal(501, 'NotImplemented');
  if (none === '*' && now !== undefined) throw new S3Refusal(412, 'PreconditionFailed');
  const match = headers['if-match'];
  if (match === undefined) return;
  if (now === undefined) throw new S3Refusal(404, 'NoSuchKey');
  if (match !== '*' && match !== now.etag) throw new S3Refusal(412, 'PreconditionFailed');
}

/** What was sent and checked is told back. */
export function checksumOf({ headers }: S3Request): Readonly<Record<string, string>> {
  const crc = headers['x-amz-checksum-crc32'];
  return crc === undefined ? {} : { 'x-amz-checksum-crc32': crc };
}

/** AB 7.3: a body that is not what its checksum says is refused. */
export function checkChecksums({ headers, body }: S3Request): void {
  const sha256 = headers['x-amz-checksum-sha256'];
  if (sha256 !== undefined && sha256 !== createHash('sha256').update(body).digest('base64')) {
    throw new S3Refusal(400, 'BadDigest');
  }
  const crc = headers['x-amz-checksum-crc32'];
  if (crc === undefined) return;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  if (crc !== bytes.toString('base64')) throw new S3Refusal(400, 'BadDigest');
}

/** The object or the range of it that was asked for. */
export function readObject(object: Kept, { headers, operation }: S3Request): S3Answer {
  const match = headers['if-match'];
  if (match !== undefined && match !== object.etag) throw new S3Refusal(412, 'PreconditionFailed');
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const size = object.bytes.length;
  if (from !== undefined && start >= size) throw new S3Refusal(416, 'InvalidRange');
  const bytes = object.bytes.subarray(start, to ? Number(to) + 1 : undefined);
  return {
    status: from === undefined ? 200 : 206,
    headers: {
      etag: object.etag,
      'content-length': String(bytes.length),
      ...object.metadata,
      ...(from === undefined
        ? {}
        : { 'content-range': `bytes ${start}-${start + bytes.length - 1}/${size}` }),
    },
    body: operation === 'HeadObject' ? Buffer.alloc(0) : bytes,
  };
}
