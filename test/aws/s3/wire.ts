import type { HttpRequest } from '@smithy/types';
import type { S3Operation } from './faults.ts';

/** A request as S3 reads it. */
export interface S3Request {
  readonly operation: S3Operation;
  readonly bucket: string;
  readonly key: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A refusal with its code, as S3 words it. */
export class S3Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, headers: Readonly<Record<string, string>> = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function readRequest(request: HttpRequest): S3Request {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const query = Object.fromEntries(
    Object.entries(request.query ?? {}).map(([name, value]) => [name, value === null ? '' : String(value)]),
  );
  const { bucket, key } = objectOf(request.hostname, request.path);
  const operation = operationOf(request.method, query, key);
  return { operation, bucket, key, query, headers, body: bytesOf(request.body) };
}

/** `bucket.s3.region.amazonaws.com/key`, or the bucket as the first part of the path. */
function objectOf(hostname: string, path: string): { readonly bucket: string; readonly key: string } {
  const names = decodeURIComponent(path.slice(1));
  const [, hosted] = /^(.+)\.s3[.-].*amazonaws\.com$/.exec(hostname) ?? [];
  if (hosted !== undefined) return { bucket: hosted, key: names };
  const slash = names.indexOf('/');
  return slash === -1
    ? { bucket: names, key: '' }
    : { bucket: names.slice(0, slash), key: names.slice(slash + 1) };
}

function operationOf(method: string, query: Readonly<Record<string, string>>, key: string): S3Operation {
  const upload = query.uploadId !== undefined;
  switch (method) {
    case 'GET':
      if (query.versioning !== undefined) return 'GetBucketVersioning';
      if (query.lifecycle !== undefined) return 'GetBucketLifecycleConfiguration';
      return query['list-type'] === '2' ? 'ListObjectsV2' : 'GetObject';
    case 'HEAD':
      return key === '' ? 'HeadBucket' : 'HeadObject';
    case 'PUT':
      return upload ? 'UploadPart' : 'PutObject';
    case 'DELETE':
      return upload ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (upload) return 'CompleteMultipartUpload';
      if (query.uploads !== undefined) return 'CreateMultipartUpload';
  }
  throw new Error(`the reference S3 does not know ${method} ${JSON.stringify(query)}`);
}

function bytesOf(body: unknown): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  throw new Error('the reference S3 takes whole bodies only');
}

export const xml = (status: number, text: string): S3Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`),
});

export const isHead = (operation: S3Operation) => operation === 'HeadObject' || operation === 'HeadBucket';

/** A refusal of a HEAD has no body, hence no code (AB 7.1). */
export function refusalAnswer({ status, code, headers }: S3Refusal, withBody: boolean): S3Answer {
  const body = `<Error><Code>${code}</Code><Message>The reference says ${code}</Message></Error>`;
  const answer = xml(status, body);
  return {
    status,
    headers: { ...answer.headers, ...headers },
    body: withBody ? answer.body : Buffer.alloc(0),
  };
}

export const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
