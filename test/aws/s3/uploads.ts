import { createHash, randomUUID } from 'node:crypto';
import { checkChecksums, etagOf, type Kept, metadataOf } from './shelf.ts';
import { S3Refusal, type S3Request } from './wire.ts';

/** Bytes; AB 7.4. */
const smallestPart = 5 * 2 ** 20;

interface OpenUpload {
  readonly bucket: string;
  readonly key: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly parts: Map<number, Buffer>;
}

/** Multipart uploads that are neither completed nor aborted. */
export class Uploads {
  readonly open = new Map<string, OpenUpload>();

  create(request: S3Request): string {
    const id = randomUUID();
    const { bucket, key } = request;
    this.open.set(id, { bucket, key, metadata: metadataOf(request), parts: new Map() });
    return id;
  }

  part(request: S3Request): string {
    checkChecksums(request);
    this.#find(request).parts.set(Number(request.query.partNumber), request.body);
    return etagOf(request.body);
  }

  abort(request: S3Request): void {
    this.#find(request);
    this.open.delete(request.query.uploadId ?? '');
  }

  /** The object; the upload stays open until it is closed. */
  assemble(request: S3Request): Kept {
    const upload = this.#find(request);
    const text = request.body.toString();
    const listed = [...text.matchAll(/<Part>.*?<\/Part>/gs)].map(([part]) => ({
      number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
      etag: /<ETag>(.*?)</.exec(part)?.[1]?.replaceAll('&quot;', '"'),
    }));
    const parts = listed.map(({ number, etag }) => {
      const bytes = upload.parts.get(number);
      if (bytes === undefined || etagOf(bytes) !== etag) throw new S3Refusal(400, 'InvalidPart');
      return bytes;
    });
    if (parts.slice(0, -1).some((part) => part.length < smallestPart))
      throw new S3Refusal(400, 'EntityTooSmall');
    const digests = parts.map((part) => createHash('md5').update(part).digest());
    const etag = createHash('md5').update(Buffer.concat(digests)).digest('hex');
    return {
      bytes: Buffer.concat(parts),
      // AB 7.3: not the MD5 of the object.
      etag: `"${etag}-${parts.length}"`,
      metadata: upload.metadata,
    };
  }

  close(request: S3Request): void {
    this.open.delete(request.query.uploadId ?? '');
  }

  #find({ bucket, key, query }: S3Request): OpenUpload {
    const upload = this.open.get(query.uploadId ?? '');
    if (upload?.bucket !== bucket || upload.key !== key) throw new S3Refusal(404, 'NoSuchUpload');
    return upload;
  }
}
