import type { Answer } from '../aws/answer.ts';
import type { LoadedGrid } from '../grid/grid.ts';
import { resolveProgram, resolveResources } from '../grid/resolve.ts';
import { parseMemory } from '../grid/units.ts';
import type { IdentifiedImage } from '../image/identity.ts';
import { identifyPinned } from '../image/pins.ts';
import type { Lack } from '../image/resolve.ts';
import type { Plan } from '../plan/plan.ts';
import type { Configuration } from '../run/configuration.ts';
import type { PlannedRequest } from '../run/planned-requests.ts';
import type { MoneyRefusal } from './surroundings/judge-money.ts';
import type { Wanted, WantedClass, WantedImage, WantedQueue } from './wanted.ts';

/** A grid that somebody wants to run, as its plan has it. */
export interface PlannedGrid {
  readonly plan: Plan;
  readonly images: Readonly<Record<string, IdentifiedImage>>;
  /** `s3://` inputs of its first combination. */
  readonly inputs: readonly string[];
  /** What the engine would be asked for each class. */
  readonly requests: readonly PlannedRequest[];
  /** Why its estimate may not be spent, if it may not; absent: whoever launches it judges that. */
  readonly refused?: Answer<MoneyRefusal | undefined>;
}

/** What `muster.yaml` says of the account. */
export type Surroundings = Pick<Configuration, 'queues' | 'images' | 'roles' | 'log_group'> & {
  readonly registry?: string | undefined;
  /** URL of the store. */
  readonly store: string;
  readonly root: string;
  /** Why an image has no reference, as far as who identified it has learned. */
  readonly lackOf?: (image: string) => Lack | undefined;
};

/** What has to be right in the account for these grids; without any, for whatever `muster.yaml` names. Pure but for images. */
export function wantedOf(place: Surroundings, grids: readonly PlannedGrid[]): Wanted {
  const classes = grids.flatMap(({ plan }) => classesOf(plan));
  const used = new Set(classes.map(({ queue }) => queue));
  const queues = Object.entries(place.queues).filter(([name]) => grids.length === 0 || used.has(name));
  const bucket = bucketOf(place.store);
  const { job, execution } = place.roles;
  return {
    classes,
    queues: queues.map(([name, queue]) => wantedQueue(name, queue)),
    images: grids.length === 0 ? pinnedImages(place) : usedImages(place, grids),
    inputs: [...new Set(grids.flatMap(({ inputs }) => inputs))],
    ...(bucket !== undefined && { bucket }),
    logGroup: place.log_group,
    roles: { ...(job !== undefined && { job }), ...(execution !== undefined && { execution }) },
  };
}

/** Those of which something has to run: what is reused needs no queue and no image. */
function classesOf(plan: Plan): readonly WantedClass[] {
  return plan.classes.flatMap(({ combinations: _, ...one }) => {
    const arrays = plan.arrays.filter((array) => array.class === one.class);
    const slices = arrays.reduce((sum, array) => sum + array.slices, 0);
    return slices === 0 ? [] : [{ ...one, grid: plan.path, slices }];
  });
}

function wantedQueue(name: string, queue: Configuration['queues'][string]): WantedQueue {
  const { arn, architecture, capacity, scratch, instances, max_vcpus: maxVcpus } = queue;
  return {
    ...{ name, arn, architecture, capacity },
    ...(scratch !== undefined && { scratchMib: parseMemory(scratch) }),
    ...(instances !== undefined && { instances }),
    ...(maxVcpus !== undefined && { maxVcpus }),
  };
}

/** One of each name, for the architectures of all classes of all grids that run it. */
function usedImages(place: Surroundings, grids: readonly PlannedGrid[]): readonly WantedImage[] {
  const images = new Map<string, WantedImage>();
  for (const { plan, images: known } of grids) {
    for (const { image: name, resources } of classesOf(plan)) {
      const others = images.get(name)?.architectures ?? [];
      const architectures = [...new Set([...others, resources.architecture])];
      images.set(name, wantedImage(place, name, known[name]?.reference, architectures));
    }
  }
  return [...images.values()];
}

/** Nobody knows where they will run, so every queue's architecture counts for none of them. */
function pinnedImages(place: Surroundings): readonly WantedImage[] {
  return Object.keys(place.images).map((name) => {
    const { reference } = identifyPinned(place.root, place.images, name);
    return wantedImage(place, name, reference, []);
  });
}

function wantedImage(
  { images, registry, lackOf }: Surroundings,
  name: string,
  reference: string | undefined,
  architectures: WantedImage['architectures'],
): WantedImage {
  const lack = reference === undefined ? lackOf?.(name) : undefined;
  return {
    ...{ name, architectures },
    ...(reference !== undefined && { reference }),
    ...(lack !== undefined && { lack }),
    ...(Object.hasOwn(images, name) && { pinned: true as const }),
    ...(registry === undefined && { homeless: true as const }),
  };
}

/** The bucket and prefix of `s3://bucket/prefix`. */
function bucketOf(store: string): Wanted['bucket'] {
  const [, name, prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(store) ?? [];
  return name === undefined ? undefined : { name, prefix: prefix.replace(/\/+$/, '') };
}

/**
 * `s3://` inputs of the first combination, which stand for those of all others: a preflight is no download. Expands no
 * more than that one.
 */
export function firstInputs(loaded: LoadedGrid, run: string): readonly string[] {
  const { grid } = loaded;
  if (grid.program.inputs.length === 0) return [];
  for (const combination of loaded.combinations()) {
    const resources = resolveResources(grid, combination);
    const slice = { start: 0, end: grid.slice.combinations };
    const { inputs } = resolveProgram(grid, combination, { run: { id: run }, slice, resources });
    return inputs.map(({ from }) => from).filter((from) => from.startsWith('s3://'));
  }
  return [];
}
