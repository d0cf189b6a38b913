import { ConfigurationError, RemoteError } from '../errors.ts';
import type { Architecture } from './architecture.ts';
import type { IdentifiedImage } from './identity.ts';
import { findIndex, indexNames } from './indexes.ts';
import { at, formatReference, parseReference, type Reference } from './reference.ts';
import type { Registry } from './registry.ts';
import { indexTag, type Wrapped } from './tags.ts';

/** Where images of a place are pushed to: `registry` of muster.yaml. */
export interface ImagePlace {
  /** `<registry>/<prefix>` */
  readonly registry: string;
  /** Of the queues. */
  readonly architectures: readonly Architecture[];
  /** Identity of the worker layer; asked only where an image has one of ours. */
  readonly worker: () => string;
}

/** The registry and repository of an image; parts of a reference without tag and digest. */
export type Repository = Pick<Reference, 'registry' | 'repository'>;

/**
 * The repository that `muster image push` and `wrap` push an image to. `undefined`: neither has anything to do with it,
 * because it is a name without a folder, or a reference that was pushed there already, with its worker.
 */
export function repositoryOf(registry: string, image: IdentifiedImage): Repository | undefined {
  if (image.kind === 'folder') return parseRepository(`${registry}/${image.name}`);
  // Of a pinned name the reference is what was pushed.
  const isReference = image.kind === 'digest' && image.reference === image.name;
  const reference = isReference ? parseReference(image.name) : undefined;
  if (reference === undefined || isWithin(registry, reference)) return undefined;
  const name = reference.repository.split('/').at(-1) ?? reference.repository;
  return parseRepository(`${registry}/wrapped-${name}`);
}

/** Where the image is found, once it has been pushed with this worker. `undefined`: nobody pushes it there. */
function wantedIn(
  { registry, worker }: ImagePlace,
  image: IdentifiedImage,
): { readonly repository: Repository; readonly content: Wrapped } | undefined {
  const repository = repositoryOf(registry, image);
  if (repository === undefined) return undefined;
  return { repository, content: { identity: image.identity, worker: worker() } };
}

/** What stands behind the name of an image, or why nothing does yet. */
export type Resolved =
  | { readonly image: IdentifiedImage; readonly lack?: never }
  | { readonly image: IdentifiedImage; readonly lack: Lack };

export interface Lack {
  /** `unknown`: the registry could not be asked, so it may be there. */
  readonly kind: 'not-pushed' | 'unknown';
  readonly message: string;
  readonly fix: string;
  readonly error?: ConfigurationError | RemoteError;
}

/**
 * Adds the reference with the digest of what was pushed for an image's content. Its identity stays that of the folder or
 * of the wrapped reference, whatever the worker on it: results are found again on every engine.
 * @param place absent: muster.yaml names no registry, so only what it pins can run.
 */
export async function resolveImage(
  image: IdentifiedImage,
  place: ImagePlace | undefined,
  registry: Pick<Registry, 'digest'>,
): Promise<Resolved> {
  if (place === undefined) {
    return image.reference === undefined ? { image, lack: noPlace(image) } : { image };
  }
  try {
    const wanted = wantedIn(place, image);
    if (wanted === undefined) {
      return image.reference === undefined ? { image, lack: noFolder(image) } : { image };
    }
    const { repository, content } = wanted;
    const found = await findIndex(registry, repository, indexNames(content, place.architectures));
    if (found !== undefined) {
      return { image: { ...image, reference: formatReference(at(repository, { digest: found.digest })) } };
    }
    const tag = indexTag(content, place.architectures);
    return { image: withoutReference(image), lack: notPushed(image, { ...repository, tag }) };
  } catch (error) {
    if (!(error instanceof RemoteError || error instanceof ConfigurationError)) throw error;
    return { image: withoutReference(image), lack: notKnown(image, error) };
  }
}

/** The reference in a grid holds no worker: nothing may be started with it. */
function withoutReference({ reference, ...image }: IdentifiedImage): IdentifiedImage {
  return image;
}

const parseRepository = (text: string): Repository | undefined => {
  const reference = parseReference(text);
  return reference && { registry: reference.registry, repository: reference.repository };
};

/** What has been pushed there has its worker on it. */
function isWithin(registry: string, { registry: host, repository }: Reference): boolean {
  return `${host}/${repository}/`.startsWith(`${formatted(registry)}/`);
}

function formatted(registry: string): string {
  const inside = parseRepository(`${registry}/x`);
  return inside === undefined ? registry : `${inside.registry}/${inside.repository}`.replace(/\/x$/, '');
}

/** The command that makes an image runnable. */
export const pushCommand = ({ kind, name }: IdentifiedImage): string =>
  kind === 'digest' ? `muster image wrap ${name}` : `muster image push ${name}`;

const notPushed = (image: IdentifiedImage, wanted: Reference): Lack => ({
  kind: 'not-pushed',
  message: `image \`${image.name}\` has not been pushed as it stands: there is no ${formatReference(wanted)}`,
  fix: `Push it: ${pushCommand(image)}`,
});

const notKnown = (image: IdentifiedImage, error: ConfigurationError | RemoteError): Lack => ({
  kind: 'unknown',
  message: `whether image \`${image.name}\` has been pushed is unknown: ${error.message}`,
  fix: `Mend that. If it has not been pushed: ${pushCommand(image)}`,
  error,
});

const noFolder = ({ name }: IdentifiedImage): Lack => ({
  kind: 'not-pushed',
  message: `image \`${name}\` has no reference: there is no folder docker/${name} to build it from, and no digest that says what it is`,
  fix: `Add docker/${name} and push it, write \`image: <reference>@sha256:<digest>\` in the grid, or pin it in muster.yaml: images: { ${name}: <repository>@sha256:<digest> }`,
});

const noPlace = (image: IdentifiedImage): Lack => ({
  kind: 'not-pushed',
  message: `image \`${image.name}\` has no reference: AWS Batch pulls it from a registry, by its digest`,
  fix: `Name a registry in muster.yaml (registry: <account>.dkr.ecr.<region>.amazonaws.com/<prefix>), then: ${pushCommand(image)}. Or pin what was pushed by hand: images: { ${image.name}: <repository>@sha256:<digest> }`,
});
