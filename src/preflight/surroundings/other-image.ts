import type { Answer } from '../../aws/answer.ts';
import { ConfigurationError, RemoteError } from '../../errors.ts';
import { type IndexEntry, type MemberImage, type ReadImage, readImage } from '../../image/read.ts';
import { parseReference } from '../../image/reference.ts';
import type { Registry } from '../../image/registry.ts';
import { holdsWorker, type ImageContent, type Inside, isNeeded, type Member } from './image-content.ts';
import type { ImageSources } from './images.ts';

/** Reads images of any registry over HTTPS, for `gatherImages`. */
export const otherImages =
  (registry: Registry): NonNullable<ImageSources['readOther']> =>
  async (reference, architectures) => {
    const parts = parseReference(reference);
    if (parts === undefined) return unknown(`${reference} is no reference of an image`);
    try {
      const read = await readImage(registry, parts);
      return {
        known: true,
        value: read === undefined ? { state: 'missing' } : contentOf(read, architectures),
      };
    } catch (error) {
      if (error instanceof RemoteError || error instanceof ConfigurationError) return unknown(error.message);
      throw error;
    }
  };

/** No action of IAM opens it. */
const unknown = (why: string): Answer<ImageContent> => ({
  known: false,
  action: 'registry:GetManifest',
  why,
});

function contentOf(read: ReadImage, architectures: readonly string[]): ImageContent {
  switch (read.kind) {
    case 'other':
      return { state: 'withheld', reason: `${read.mediaType} is no image` };
    case 'manifest': {
      const { architecture } = read.image;
      const member = { architecture, inside: { known: true, value: insideOf(read.image) } } as const;
      return { state: 'there', kind: 'manifest', members: [member] };
    }
    case 'index': {
      const linux = read.entries.filter(({ os }) => os === 'linux');
      const members = linux.map((entry) => memberOf(entry, architectures));
      return { state: 'there', kind: 'index', members };
    }
  }
}

function memberOf({ architecture, image }: IndexEntry, architectures: readonly string[]): Member {
  if (image === undefined) return { architecture, lost: true };
  if (!isNeeded(architecture, architectures)) return { architecture };
  return { architecture, inside: { known: true, value: insideOf(image) } };
}

const insideOf = ({ architecture, labels, entrypoint }: MemberImage): Inside => ({
  architecture,
  hasWorker: holdsWorker(labels, entrypoint),
});
