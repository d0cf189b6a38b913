import { createHash } from 'node:crypto';
import { RemoteError } from '../errors.ts';
import type { CredentialSource } from './credentials.ts';
import { formatReference, isDigest, isLoopback, type Reference } from './reference.ts';
import { explainNetwork, explainStatus } from './registry-errors.ts';
import { bearerToken, readChallenge } from './registry-token.ts';

/** A manifest or an index as the registry keeps it. */
export interface Manifest {
  /** Of its bytes, computed here. */
  readonly digest: string;
  readonly mediaType: string;
  readonly text: string;
}

/**
 * Reads any OCI registry by HTTP, without Docker. Everything throws `RemoteError` where the registry is down or refuses;
 * what is not there is `undefined`.
 */
export interface Registry {
  /** What a tag or digest names. */
  manifest(reference: Reference): Promise<Manifest | undefined>;
  /** Its digest alone, as the registry says. */
  digest(reference: Reference): Promise<string | undefined>;
  /** A small blob: the configuration of an image. */
  blob(reference: Reference, digest: string): Promise<string | undefined>;
}

/** All five: a registry that is not asked for indexes may pick one member of them (AB 6.3 [MEM]). */
const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.v1+json',
].join(', ');

/** Bytes: the specification's advice for manifests is 4 MiB, and configurations are smaller. */
const largest = 8 * 2 ** 20;
/** Milliseconds of one request. */
const patience = 30_000;
/** Pauses in milliseconds before a read is repeated. */
const usualPauses: readonly number[] = [500, 2000];

export function openRegistry(credentials: CredentialSource, pauses = usualPauses): Registry {
  /** By registry and repository: tokens are for one of them. */
  const authorizations = new Map<string, string>();

  /** The answer to the same request with what the first answer asked for; the first one where nobody has it. */
  async function logIn(reference: Reference, first: Response, url: string, method: string) {
    const { registry, repository } = reference;
    const challenge = readChallenge(first.headers.get('www-authenticate'));
    const found = await credentials(registry);
    const authorization = await bearerToken(registry, repository, challenge, found);
    if (authorization === undefined) return first;
    await first.body?.cancel();
    authorizations.set(`${registry}/${repository}`, authorization);
    return send(registry, url, method, authorization, pauses);
  }

  async function request(
    reference: Reference,
    method: 'GET' | 'HEAD',
    path: string,
  ): Promise<Response | undefined> {
    const { registry, repository } = reference;
    const url = `${baseUrl(registry)}/v2/${repository}/${path}`;
    const known = authorizations.get(`${registry}/${repository}`);
    const first = await send(registry, url, method, known, pauses);
    const response = first.status === 401 ? await logIn(reference, first, url, method) : first;
    if (response.ok) return response;
    const body = await response.text();
    if (response.status === 404) return undefined;
    throw explainStatus(formatReference(reference), registry, response.status, body);
  }

  return {
    async manifest(reference) {
      const response = await request(reference, 'GET', `manifests/${placeOf(reference)}`);
      if (response === undefined) return undefined;
      const mediaType = (response.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
      const bytes = await limited(response, reference);
      const digest = sha256(bytes);
      if (reference.digest !== undefined && reference.digest !== digest) throw altered(reference, digest);
      return { digest, mediaType, text: bytes.toString() };
    },
    async digest(reference) {
      const response = await request(reference, 'HEAD', `manifests/${placeOf(reference)}`);
      if (response === undefined) return undefined;
      const said = response.headers.get('docker-content-digest') ?? '';
      // The header is optional in the specification, and goes into references of jobs; the bytes always tell.
      return isDigest(said) ? said : (await this.manifest(reference))?.digest;
    },
    async blob(reference, digest) {
      const response = await request(reference, 'GET', `blobs/${digest}`);
      if (response === undefined) return undefined;
      const bytes = await limited(response, reference);
      if (sha256(bytes) !== digest) throw altered({ ...reference, digest }, sha256(bytes));
      return bytes.toString();
    },
  };
}

const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

const placeOf = ({ digest, tag }: Reference) => digest ?? tag ?? 'latest';

const baseUrl = (registry: string) =>
  `${isLoopback(registry) ? 'http' : 'https'}://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`;

/** Follows redirects, on which `fetch` leaves the authorization behind. Reads may be repeated. */
async function send(
  registry: string,
  url: string,
  method: string,
  authorization: string | undefined,
  pauses: readonly number[],
): Promise<Response> {
  const headers = {
    accept: `${manifestTypes}, */*`,
    ...(authorization === undefined ? {} : { authorization }),
  };
  for (let attempt = 0; ; attempt++) {
    const pause = pauses[attempt];
    try {
      const response = await fetch(url, { method, headers, signal: AbortSignal.timeout(patience) });
      if (pause === undefined || (response.status < 500 && response.status !== 429)) return response;
      await response.body?.cancel();
    } catch (error) {
      if (pause === undefined) throw explainNetwork(registry, error);
    }
    await new Promise((done) => setTimeout(done, pause));
  }
}

async function limited(response: Response, reference: Reference): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > largest) throw tooLarge(reference);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const tooLarge = (reference: Reference) =>
  new RemoteError(
    { service: reference.registry, operation: 'read' },
    `what it sends for ${formatReference(reference)} is larger than ${largest / 2 ** 20} MiB: no image is described in so many bytes. Look at the reference; it may be no image.`,
  );

const altered = (reference: Reference, got: string) =>
  new RemoteError(
    { service: reference.registry, operation: 'read' },
    `what it sends for ${formatReference(reference)} has the digest ${got}: the bytes are not those that were pushed. A proxy between may alter answers; otherwise tell whoever keeps the registry.`,
  );
