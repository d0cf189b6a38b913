import type { ECR } from '@aws-sdk/client-ecr';
import { type Answer, answerOf } from '../../aws/answer.ts';
import { readFault } from '../../aws/fault.ts';
import { ecrOf, parseReference } from '../../image/reference.ts';
import type { PreflightClients } from '../clients.ts';
import type { WantedImage } from '../wanted.ts';
import { type Fetch, readEcrImage } from './ecr-image.ts';
import type { EcrPlace, FoundImage, ImageContent, ImageFacts } from './image-content.ts';

export interface ImageSources {
  /** Region of `clients.ecr`. */
  readonly region: string;
  /** ECR of another region; without it, images there are not looked at. */
  readonly ecrIn?: (region: string) => Promise<ECR> | ECR;
  /** Reads registries that are not ECR's, for these architectures; without it, images there are not looked at. */
  readonly readOther?: (reference: string, architectures: readonly string[]) => Promise<Answer<ImageContent>>;
  /** Absent: that of Node. */
  readonly fetch?: Fetch;
}

/** Asks the registry of every image. ECR: two calls each, and two for each architecture that is needed. */
export async function gatherImages(
  clients: Pick<PreflightClients, 'ecr'>,
  images: readonly WantedImage[],
  sources: ImageSources,
): Promise<readonly ImageFacts[]> {
  return await Promise.all(
    images.map(async (wanted) => ({ wanted, found: await find(clients, wanted, sources) })),
  );
}

async function find(
  clients: Pick<PreflightClients, 'ecr'>,
  { reference, architectures }: WantedImage,
  sources: ImageSources,
): Promise<FoundImage> {
  if (reference === undefined) return { place: 'nowhere' };
  const repository = ecrPlace(reference);
  if (repository === undefined) {
    const content = (await sources.readOther?.(reference, architectures)) ?? notAsked(reference);
    return { place: 'registry', content };
  }
  const ecr = repository.region === sources.region ? clients.ecr : await sources.ecrIn?.(repository.region);
  if (ecr === undefined) return { place: 'ecr', repository, content: notAsked(reference) };
  const [content, status] = await Promise.all([
    readEcrImage(ecr, repository, architectures, sources.fetch ?? fetch),
    statusOf(ecr, repository),
  ]);
  return { place: 'ecr', repository, content, status };
}

function ecrPlace(reference: string): EcrPlace | undefined {
  const parts = parseReference(reference);
  const registry = parts === undefined ? undefined : ecrOf(parts.registry);
  if (parts?.digest === undefined || registry === undefined) return undefined;
  const { account, region } = registry;
  return { account, region, name: parts.repository, digest: parts.digest };
}

/** AB 6.1. */
function statusOf(ecr: ECR, { account, name, digest }: EcrPlace): Promise<Answer<string | undefined>> {
  return answerOf('ecr:DescribeImages', async () => {
    const asked = { registryId: account, repositoryName: name, imageIds: [{ imageDigest: digest }] };
    try {
      return (await ecr.describeImages(asked)).imageDetails?.[0]?.imageStatus;
    } catch (error) {
      // Its content tells the same, once.
      if (absentNames.has(readFault(error).name)) return undefined;
      throw error;
    }
  });
}

const absentNames: ReadonlySet<string> = new Set(['ImageNotFoundException', 'RepositoryNotFoundException']);

const notAsked = (reference: string): Answer<ImageContent> => ({
  known: false,
  action: 'registry:GetManifest',
  why: `nobody here reads the registry of ${reference}`,
});
