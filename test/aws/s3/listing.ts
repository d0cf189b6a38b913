import type { Shelf } from './shelf.ts';
import { escapeXml, type S3Answer, type S3Request, xml } from './wire.ts';

/** ListObjectsV2; AB 7.4. The token is the last key of the page before. */
export function listPage(shelf: Shelf, { query }: S3Request, pageSize: number): S3Answer {
  const prefix = query.prefix ?? '';
  const token = query['continuation-token'];
  const after = token === undefined ? query['start-after'] : Buffer.from(token, 'base64url').toString();
  const rest = shelf
    .keys()
    .filter((key) => key.startsWith(prefix) && (after === undefined || isAfter(key, after)));
  const page = rest.slice(0, Math.min(pageSize, Number(query['max-keys'] ?? 1000)));
  const truncated = page.length < rest.length;
  const shown = query['encoding-type'] === 'url' ? encodeKey : escapeXml;
  const contents = page.map((key) => {
    const object = shelf.objects.get(key);
    return `<Contents><Key>${shown(key)}</Key><ETag>${escapeXml(object?.etag ?? '')}</ETag><Size>${object?.bytes.length}</Size></Contents>`;
  });
  const next = truncated
    ? `<NextContinuationToken>${Buffer.from(page.at(-1) ?? '').toString('base64url')}</NextContinuationToken>`
    : '';
  const encoding = query['encoding-type'] === 'url' ? '<EncodingType>url</EncodingType>' : '';
  return xml(
    200,
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><KeyCount>${page.length}</KeyCount>${encoding}<IsTruncated>${truncated}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
  );
}

const isAfter = (key: string, other: string) => Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;

/** As a form: a space becomes a plus, slashes stay. */
const encodeKey = (key: string) =>
  encodeURIComponent(key)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
    .replace(/[!'()]/g, escapeOdd);
const escapeOdd = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
