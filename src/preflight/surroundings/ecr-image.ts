import type { ECR } from '@aws-sdk/client-ecr';
import { type Answer, answerOf, type Unknown } from '../../aws/answer.ts';
import { readFault } from '../../aws/fault.ts';
import { type EcrPlace, type ImageContent, type Inside, isNeeded, type Member } from './image-content.ts';
import { type Manifest, type MemberEntry, mediaTypes, readConfig, readManifest } from './manifest.ts';

/** Of HTTP: fetches what a presigned URL leads to. */
export type Fetch = (url: string, options: { readonly signal: AbortSignal }) => Promise<FetchedText>;
interface FetchedText {
  readonly ok: boolean;
  readonly status: number;
  text(): Promise<string>;
}

/**
 * What an image of ECR is, for these architectures. Calls: one, for an index one more for all its wanted members, and
 * one for the configuration of each (AB 6.3).
 */
export async function readEcrImage(
  ecr: ECR,
  place: EcrPlace,
  architectures: readonly string[],
  fetch: Fetch,
): Promise<Answer<ImageContent>> {
  const first = await askManifests(ecr, place, [place.digest]);
  if (!first.known) return first;
  const found = first.value.get(place.digest);
  if (found === undefined) return know({ state: 'no-repository' });
  if (found.state !== 'read') return know(found);
  const { manifest } = found;
  if (manifest === undefined) return unread(place, 'its manifest is none that we know');
  switch (manifest.kind) {
    case 'old':
      return know({
        state: 'withheld',
        reason: 'its manifest is of version 1, which Docker no longer pulls',
      });
    case 'manifest': {
      const inside = await readInside(ecr, place, manifest.config, fetch);
      if (!inside.known) return inside;
      const member = { architecture: inside.value.architecture, inside };
      return know({ state: 'there', kind: 'manifest', members: [member] });
    }
    case 'index': {
      const members = await readMembers(ecr, place, manifest.members, architectures, fetch);
      return know({ state: 'there', kind: 'index', members });
    }
  }
}

async function readMembers(
  ecr: ECR,
  place: EcrPlace,
  entries: readonly MemberEntry[],
  architectures: readonly string[],
  fetch: Fetch,
): Promise<readonly Member[]> {
  const wanted = entries.filter(({ architecture }) => isNeeded(architecture, architectures));
  const digests = wanted.map(({ digest }) => digest);
  const asked = digests.length === 0 ? know<Manifests>(new Map()) : await askManifests(ecr, place, digests);
  return await Promise.all(
    entries.map(async (entry) => {
      const { architecture, digest } = entry;
      if (!wanted.includes(entry)) return { architecture };
      if (!asked.known) return { architecture, inside: asked };
      const found = asked.value.get(digest);
      if (found?.state === 'missing') return { architecture, lost: true as const };
      const manifest = found?.state === 'read' ? found.manifest : undefined;
      if (manifest?.kind !== 'manifest') {
        return { architecture, inside: unread(place, `its member ${digest} cannot be read`) };
      }
      return { architecture, inside: await readInside(ecr, place, manifest.config, fetch) };
    }),
  );
}

type Found =
  | { readonly state: 'read'; readonly manifest: Manifest | undefined }
  | Extract<ImageContent, { readonly state: 'missing' | 'withheld' }>;
type Manifests = ReadonlyMap<string, Found>;

/** By digest; empty: there is no such repository. What is wrong with one comes with HTTP 200 (AB 6.3). */
function askManifests(
  ecr: ECR,
  { account, name }: EcrPlace,
  digests: readonly string[],
): Promise<Answer<Manifests>> {
  return answerOf('ecr:BatchGetImage', async () => {
    try {
      const { images = [], failures = [] } = await ecr.batchGetImage({
        ...{ registryId: account, repositoryName: name, acceptedMediaTypes: [...mediaTypes] },
        imageIds: digests.map((imageDigest) => ({ imageDigest })),
      });
      const read = images.map(
        ({ imageId, imageManifest = '' }) =>
          [imageId?.imageDigest ?? '', { state: 'read', manifest: readManifest(imageManifest) }] as const,
      );
      const failed = failures.map(
        ({ imageId, failureCode = 'unknown', failureReason = '' }) =>
          [imageId?.imageDigest ?? '', failureOf(failureCode, failureReason)] as const,
      );
      // Asked for by digest, what has no answer is not there.
      const silent = digests.map((digest) => [digest, { state: 'missing' }] as const);
      return new Map<string, Found>([...silent, ...failed, ...read]);
    } catch (error) {
      if (readFault(error).name === 'RepositoryNotFoundException') return new Map();
      throw error;
    }
  });
}

const failureOf = (code: string, reason: string) =>
  code === 'ImageNotFound'
    ? ({ state: 'missing' } as const)
    : ({ state: 'withheld', reason: reason === '' ? code : `${code}: ${reason}` } as const);

/** The configuration, which is a blob as layers are (AB 6.3; that ECR gives it out so is [MEM]). */
async function readInside(ecr: ECR, place: EcrPlace, digest: string, fetch: Fetch): Promise<Answer<Inside>> {
  const url = await answerOf('ecr:GetDownloadUrlForLayer', async () => {
    const { account: registryId, name: repositoryName } = place;
    const asked = { registryId, repositoryName, layerDigest: digest };
    return (await ecr.getDownloadUrlForLayer(asked)).downloadUrl ?? '';
  });
  if (!url.known) return url;
  const text = await fetched(url.value, fetch);
  if (typeof text !== 'string') return unread(place, text.why);
  const inside = readConfig(text);
  return inside === undefined ? unread(place, `its configuration ${digest} cannot be read`) : know(inside);
}

/** Milliseconds. */
const patience = 10_000;

async function fetched(url: string, fetch: Fetch): Promise<string | { readonly why: string }> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(patience) });
    return answer.ok ? await answer.text() : { why: `its configuration is refused (HTTP ${answer.status})` };
  } catch (error) {
    // Whatever goes wrong on the way is the network's; the URL is signed and must not be printed.
    return { why: `its configuration cannot be fetched (${error instanceof Error ? error.name : 'fault'})` };
  }
}

const know = <Value>(value: Value): Answer<Value> => ({ known: true, value });

const unread = ({ name, digest }: EcrPlace, why: string): Unknown => ({
  known: false,
  action: 'ecr:GetDownloadUrlForLayer',
  why: `${name}@${digest}: ${why}`,
});
