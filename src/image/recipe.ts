import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import type { BuildContext } from './context.ts';
import { readDockerfile, unpinnedBases } from './dockerfile.ts';
import { type IdentifiedImage, imageFolder } from './identity.ts';
import { type ImageFacts, imageLabels } from './labels.ts';
import { argumentsOf, type BuildArgs, identifyBuilt } from './pins.ts';
import { parseReference } from './reference.ts';
import type { Origin, Wrapped } from './tags.ts';
import { workerLayer } from './worker-layer.ts';
import { wrapFolder, wrapReference } from './wrapped-context.ts';

/** An image to be made: a program and the worker on it. */
export interface Recipe {
  readonly image: IdentifiedImage;
  readonly content: Wrapped;
  /** Of the repository, without registry and prefix: `compas`, `wrapped-debian`. */
  readonly title: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly buildArgs: BuildArgs;
  /** Seconds since 1970. */
  readonly createdAt: number;
  /** In words: bases that may be another program tomorrow. */
  readonly warnings: readonly string[];
  /** A folder to build from; the caller disposes of it. */
  readonly context: () => BuildContext;
}

/** Where an image comes from, as git says. */
export interface Provenance extends Origin {
  /** Of the commit, in seconds since 1970. */
  readonly createdAt?: number;
  /** Address of the repository. */
  readonly source?: string;
}

/** `docker/<name>` with the worker on it. */
export function folderRecipe(root: string, name: string, given: BuildArgs, from: Provenance): Recipe {
  const folder = imageFolder(root, name);
  if (folder === undefined) throw noFolder(name);
  const layer = workerLayer(given);
  const image = identifyBuilt(root, name, given);
  const buildArgs = argumentsOf(folder, given);
  const read = readDockerfile(dockerfileOf(folder, name), buildArgs);
  const content = { identity: image.identity, worker: layer.identity };
  const { createdAt = 0 } = from;
  return {
    ...{ image, content, title: name, buildArgs, createdAt },
    labels: imageLabels({ ...content, title: name, ...factsOf(from), ...baseOf(read.stages.at(-1)?.base) }),
    warnings: unpinnedBases(read),
    context: () => wrapFolder(folder, layer, createdAt),
  };
}

/** An image that exists, with the worker on it. Only a digest says which image that is. */
export function referenceRecipe(image: IdentifiedImage, given: BuildArgs, from: Provenance): Recipe {
  const reference = image.kind === 'digest' ? parseReference(image.name) : undefined;
  if (reference === undefined) throw noDigest(image.name);
  const layer = workerLayer(given);
  const content = { identity: image.identity, worker: layer.identity };
  const title = `wrapped-${reference.repository.split('/').at(-1)}`;
  return {
    ...{ image, content, title, buildArgs: {}, createdAt: 0, warnings: [] },
    labels: imageLabels({
      ...{ ...content, title, ...baseOf(image.name) },
      ...(from.source !== undefined && { source: from.source }),
    }),
    context: () => wrapReference(image.name, layer),
  };
}

function factsOf({ commit, changed, version, createdAt, source }: Provenance): Partial<ImageFacts> {
  return {
    ...(commit !== null && !changed && { revision: commit }),
    ...(version !== undefined && !changed && { version }),
    ...(createdAt !== undefined && { createdAt }),
    ...(source !== undefined && { source }),
  };
}

function baseOf(base: string | undefined): Pick<ImageFacts, 'base'> {
  if (base === undefined || base === '' || base === 'scratch') return {};
  const [name = base, digest] = base.split('@');
  return { base: { name, ...(digest !== undefined && { digest }) } };
}

function dockerfileOf(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, 'Dockerfile'), 'utf8');
  } catch (cause) {
    const message = 'there is no Dockerfile';
    const fix =
      'Add one: FROM a base by its digest, what the program needs, USER by number. Examples: docker/demo, docker/cosmic of Muster.';
    throw new ConfigurationError({ file: `docker/${name}`, message, fix }, { cause });
  }
}

const noFolder = (name: string) =>
  new ConfigurationError({
    file: 'command line',
    message: `there is no folder docker/${name}`,
    fix: 'Name a folder of docker/. An image that exists already is wrapped: muster image wrap <reference>@sha256:<digest>',
  });

const noDigest = (name: string) =>
  new ConfigurationError({
    file: 'command line',
    message: `\`${name}\` is no reference with a digest, so nobody can tell which image it will be tomorrow`,
    fix: 'Write <reference>@sha256:<digest>. What a tag names now: docker buildx imagetools inspect <reference>',
  });
