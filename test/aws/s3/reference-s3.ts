import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { HttpHandlerOptions, HttpRequest, HttpResponse, RequestHandler } from '@smithy/types';
import type { S3Fault, S3Faults, S3Operation } from './faults.ts';
import { type Answered, chunksOf, LostConnection, serveS3 } from './line.ts';
import { listPage } from './listing.ts';
import {
  checkChecksums,
  checkConditions,
  checksumOf,
  etagOf,
  type Kept,
  metadataOf,
  readObject,
  Shelf,
} from './shelf.ts';
import { Uploads } from './uploads.ts';
import { isHead, readRequest, refusalAnswer, type S3Answer, S3Refusal, type S3Request, xml } from './wire.ts';

interface Options {
  readonly buckets?: readonly string[];
  readonly region?: string;
  /** Keys a page of a listing holds. */
  readonly pageSize?: number;
  readonly faults?: S3Faults;
  /** False: overwrites whatever is there, as some services do. */
  readonly conditions?: boolean;
  /** False: without s3:ListBucket, so that missing objects are refused (AB 7.4). */
  readonly mayList?: boolean;
  /** Whether whoever signed the request may do this; everybody may do everything without it. */
  readonly mayDo?: (request: S3Request, accessKey: string) => boolean;
}

/**
 * S3 as its documentation has it, as far as a store needs it: conditions, ranges, checksums, pages, parts, regions.
 * Behind the SDK's request handler, or over HTTP.
 */
export class ReferenceS3 {
  readonly #options: Options;
  readonly #shelves: ReadonlyMap<string, Shelf>;
  readonly uploads = new Uploads();
  readonly #counts = new Map<S3Operation, number>();
  #inFlight = 0;
  /** Most requests ever under way at once. */
  mostAtOnce = 0;
  faults: S3Faults;

  constructor(options: Options = {}) {
    this.#options = options;
    this.#shelves = new Map((options.buckets ?? ['ens']).map((bucket) => [bucket, new Shelf()]));
    this.faults = options.faults ?? (() => undefined);
  }

  /** Requests so far, by operation. */
  get counts(): Readonly<Partial<Record<S3Operation, number>>> {
    return Object.fromEntries(this.#counts);
  }

  forgetCounts(): void {
    this.#counts.clear();
  }

  /** The objects of a bucket. */
  shelf(bucket = 'ens'): Shelf {
    const shelf = this.#shelves.get(bucket);
    if (shelf === undefined) throw new S3Refusal(404, 'NoSuchBucket');
    return shelf;
  }

  readonly requestHandler: RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions> = {
    handle: async (request) => {
      this.#inFlight += 1;
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#inFlight);
      try {
        await setImmediate();
        const { answer, fault } = this.#answer(request);
        const body = Readable.from(chunksOf(answer.body, fault), { objectMode: false });
        return { response: { statusCode: answer.status, headers: { ...answer.headers }, body } };
      } finally {
        this.#inFlight -= 1;
      }
    },
  };

  /** For child processes, and for clients with other settings. */
  async serve(port = 0): Promise<AsyncDisposable & { readonly url: string }> {
    return await serveS3((request) => this.#answer(request), port);
  }

  #answer(http: HttpRequest): Answered {
    const request = readRequest(http);
    const number = (this.#counts.get(request.operation) ?? 0) + 1;
    this.#counts.set(request.operation, number);
    const fault = this.faults({ ...request, number });
    if (fault?.kind === 'lost-request') throw new LostConnection();
    const answer = this.#refuseOr(request, fault);
    if (fault?.kind === 'lost-answer') throw new LostConnection();
    const headers = {
      date: new Date().toUTCString(),
      'x-amz-request-id': `REF${number}`,
      ...answer.headers,
      ...(answer.headers['content-length'] ? {} : { 'content-length': String(answer.body.length) }),
    };
    return { answer: { ...answer, headers }, fault };
  }

  #refuseOr(request: S3Request, fault: S3Fault | undefined): S3Answer {
    if (fault?.kind === 'foreign') {
      return {
        status: fault.status,
        headers: {},
        body: Buffer.from('<!doctype html><title>Sorry<br></html>'),
      };
    }
    try {
      if (fault?.kind === 'refused') throw new S3Refusal(fault.status, fault.code, fault.headers);
      this.#checkRegion(request);
      this.#checkRights(request);
      return this.#act(request);
    } catch (error) {
      if (error instanceof S3Refusal) return refusalAnswer(error, !isHead(request.operation));
      throw error;
    }
  }

  /** The region is part of the signature. */
  #checkRegion({ headers }: S3Request): void {
    const { region } = this.#options;
    const signed = /Credential=[^/]+\/\d+\/([^/]+)\/s3\//.exec(headers.authorization ?? '')?.[1];
    if (region !== undefined && signed !== region) {
      throw new S3Refusal(301, 'PermanentRedirect', { 'x-amz-bucket-region': region });
    }
  }

  #checkRights(request: S3Request): void {
    const [, accessKey = ''] = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    if (this.#options.mayDo?.(request, accessKey) === false) throw new S3Refusal(403, 'AccessDenied');
  }

  #act(request: S3Request): S3Answer {
    const shelf = this.shelf(request.bucket);
    switch (request.operation) {
      case 'PutObject':
        return this.#put(shelf, request);
      case 'GetObject':
      case 'HeadObject':
        return readObject(this.#find(shelf, request), request);
      case 'DeleteObject':
        this.#check(request, shelf.objects.get(request.key));
        shelf.drop(request.key);
        return { status: 204, headers: {}, body: Buffer.alloc(0) };
      case 'HeadBucket':
        return { status: 200, headers: this.#whereabouts(), body: Buffer.alloc(0) };
      case 'GetBucketVersioning':
        return xml(200, '<VersioningConfiguration/>');
      case 'GetBucketLifecycleConfiguration':
        throw new S3Refusal(404, 'NoSuchLifecycleConfiguration');
      case 'ListObjectsV2':
        return listPage(shelf, request, this.#options.pageSize ?? 1000);
      case 'CreateMultipartUpload':
        return xml(
          200,
          `<InitiateMultipartUploadResult><UploadId>${this.uploads.create(request)}</UploadId></InitiateMultipartUploadResult>`,
        );
      case 'UploadPart':
        return {
          status: 200,
          headers: { etag: this.uploads.part(request), ...checksumOf(request) },
          body: Buffer.alloc(0),
        };
      case 'AbortMultipartUpload':
        this.uploads.abort(request);
        return { status: 204, headers: {}, body: Buffer.alloc(0) };
      case 'CompleteMultipartUpload':
        return this.#complete(shelf, request);
    }
  }

  #whereabouts(): Readonly<Record<string, string>> {
    const { region } = this.#options;
    return region === undefined ? {} : { 'x-amz-bucket-region': region };
  }

  #put(shelf: Shelf, request: S3Request): S3Answer {
    checkChecksums(request);
    this.#check(request, shelf.objects.get(request.key));
    const etag = etagOf(request.body);
    shelf.keep(request.key, { bytes: request.body, etag, metadata: metadataOf(request) });
    return { status: 200, headers: { etag }, body: Buffer.alloc(0) };
  }

  #complete(shelf: Shelf, request: S3Request): S3Answer {
    const object = this.uploads.assemble(request);
    this.#check(request, shelf.objects.get(request.key));
    shelf.keep(request.key, object);
    this.uploads.close(request);
    return xml(
      200,
      `<CompleteMultipartUploadResult><ETag>${object.etag}</ETag></CompleteMultipartUploadResult>`,
    );
  }

  #check(request: S3Request, now: Kept | undefined): void {
    if (this.#options.conditions !== false) checkConditions(request, now);
  }

  #find(shelf: Shelf, { key }: S3Request): Kept {
    const object = shelf.objects.get(key);
    if (object !== undefined) return object;
    throw this.#options.mayList === false
      ? new S3Refusal(403, 'AccessDenied')
      : new S3Refusal(404, 'NoSuchKey');
  }
}
