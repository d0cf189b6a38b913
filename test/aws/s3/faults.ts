/** One request, as faults are asked about it. */
export interface S3Call {
  readonly operation: S3Operation;
  readonly bucket: string;
  readonly key: string;
  /** How many of this operation there were, from 1. */
  readonly number: number;
}

export type S3Operation =
  | 'AbortMultipartUpload'
  | 'CompleteMultipartUpload'
  | 'CreateMultipartUpload'
  | 'DeleteObject'
  | 'GetBucketLifecycleConfiguration'
  | 'GetBucketVersioning'
  | 'GetObject'
  | 'HeadBucket'
  | 'HeadObject'
  | 'ListObjectsV2'
  | 'PutObject'
  | 'UploadPart';

/** What goes wrong around a request. */
export type S3Fault =
  /** Answered in its place; nothing is done. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection breaks before the request arrives. */
  | { readonly kind: 'lost-request' }
  /** It is carried out, then the connection breaks. */
  | { readonly kind: 'lost-answer' }
  /** Something between here and S3 answers, with a page for people. */
  | { readonly kind: 'foreign'; readonly status: number }
  /** The answer's body breaks off behind so many bytes. */
  | { readonly kind: 'broken-body'; readonly after: number }
  /** The same without a word: the body is just too short. */
  | { readonly kind: 'short-body'; readonly after: number };

export type S3Faults = (call: S3Call) => S3Fault | undefined;

const refused = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): S3Fault => ({
  kind: 'refused',
  status,
  code,
  headers,
});

export const slowDown = refused(503, 'SlowDown');
export const internalError = refused(500, 'InternalError');
/** AB 7.1: another write of the same key is under way. */
export const conflict = refused(409, 'ConditionalRequestConflict');
export const accessDenied = refused(403, 'AccessDenied');
export const expiredToken = refused(400, 'ExpiredToken');
export const notImplemented = refused(501, 'NotImplemented');
export const lostRequest: S3Fault = { kind: 'lost-request' };
export const lostAnswer: S3Fault = { kind: 'lost-answer' };

/** What S3 says to a signature that is this old, in minutes. */
export const skewed = (minutes: number): S3Fault =>
  refused(403, 'RequestTimeTooSkewed', { date: new Date(Date.now() - minutes * 60_000).toUTCString() });

/** The faults of the first requests of one operation, in their order. */
export function first(operation: S3Operation, ...faults: readonly (S3Fault | undefined)[]): S3Faults {
  return (call) => (call.operation === operation ? faults[call.number - 1] : undefined);
}

/** The same fault at every request of one operation. */
export const always =
  (operation: S3Operation, fault: S3Fault): S3Faults =>
  (call) =>
    call.operation === operation ? fault : undefined;
