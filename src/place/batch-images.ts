import type { AwsSettings } from '../aws/settings.ts';
import type { JobImage } from '../engine/engine.ts';
import { RemoteError } from '../errors.ts';
import { architectures } from '../image/architecture.ts';
import { credentialSource } from '../image/credentials.ts';
import type { IdentifiedImage } from '../image/identity.ts';
import { identifyBuilt, identifyPinned } from '../image/pins.ts';
import { openRegistry, type Registry } from '../image/registry.ts';
import { type ImagePlace, type Lack, type Resolved, resolveImage } from '../image/resolve.ts';
import { workerLayer } from '../image/worker-layer.ts';
import type { Configuration } from '../run/configuration.ts';
import type { Refusal } from './engine-place.ts';
import { queuedArchitectures } from './image-place.ts';

/** What stands behind the images of grids where a service pulls them from a registry. */
export interface BatchImages {
  readonly identify: (image: string) => Promise<IdentifiedImage>;
  /** Why this one has no reference, as far as `identify` learned. */
  readonly lackOf: (image: string) => Lack | undefined;
  /** Why one of them cannot run, as far as `identify` learned; asks nobody. */
  readonly missing: (images: readonly Pick<JobImage, 'name' | 'reference'>[]) => Refusal | undefined;
  /** The same, for who is about to launch: a registry that does not answer is its own kind of trouble. */
  readonly refuse: (images: readonly Pick<JobImage, 'name' | 'reference'>[]) => Refusal | undefined;
}

export interface BatchImagesOptions {
  readonly root: string;
  readonly configuration: Pick<Configuration, 'images' | 'registry' | 'build_args' | 'queues'>;
  readonly aws: AwsSettings;
  /** Instead of the real ones. */
  readonly registry?: Pick<Registry, 'digest'>;
}

export function batchImages(options: BatchImagesOptions): BatchImages {
  const { root, configuration } = options;
  const place = placeOf(configuration);
  const registry = options.registry ?? openRegistry(credentialSource(options.aws));
  const resolved = new Map<string, Promise<Resolved>>();
  const lacks = new Map<string, Lack>();

  async function look(name: string): Promise<Resolved> {
    if (Object.hasOwn(configuration.images, name)) {
      return { image: identifyPinned(root, configuration.images, name) };
    }
    return resolveImage(identifyBuilt(root, name, configuration.build_args), place, registry);
  }

  const firstLack = (images: readonly Pick<JobImage, 'name' | 'reference'>[]) =>
    images.flatMap(({ name, reference }) => (reference === undefined ? (lacks.get(name) ?? []) : []))[0];

  return {
    async identify(name) {
      const asked = resolved.get(name) ?? look(name);
      resolved.set(name, asked);
      const { image, lack } = await asked;
      if (lack !== undefined) lacks.set(name, lack);
      return image;
    },
    lackOf: (name) => lacks.get(name),
    missing(images) {
      const lack = firstLack(images);
      return lack && { message: lack.message, fix: lack.fix };
    },
    refuse(images) {
      const lack = firstLack(images);
      if (lack?.error instanceof RemoteError) throw lack.error;
      return lack && { message: lack.message, fix: lack.fix };
    },
  };
}

function placeOf(configuration: BatchImagesOptions['configuration']): ImagePlace | undefined {
  const { registry, build_args: buildArgs } = configuration;
  const queued = queuedArchitectures(configuration);
  if (registry === undefined) return undefined;
  let worker: string | undefined;
  return {
    registry,
    architectures: queued.length === 0 ? architectures : queued,
    worker: () => {
      worker ??= workerLayer(buildArgs).identity;
      return worker;
    },
  };
}
