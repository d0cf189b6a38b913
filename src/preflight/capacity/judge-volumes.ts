import { type Verdict, verdictOn } from '../codes.ts';
import type { Check, Finding } from '../finding.ts';
import type { WantedQueue } from '../wanted.ts';
import { finding } from './codes.ts';
import { type CapacityFacts, type EnvironmentFacts, type InstanceType, typesNamed } from './facts.ts';
import { aboutEnvironment, onUsable } from './on-queues.ts';

const row = {
  group: 'queue',
  check: 'volumes',
  title: 'Instances have a volume as large as `scratch` of muster.yaml',
} as const;

/** GiB of the root volume when nobody says otherwise (AB 4.4 [MEM]). */
const defaultRootGib = 30;

export function judgeVolumes(facts: CapacityFacts): Check {
  return onUsable(row, facts, ({ wanted, environments }) =>
    environments.flatMap((environment) => judgeOwn(wanted, environment, facts)),
  );
}

function judgeOwn(
  wanted: WantedQueue,
  environment: EnvironmentFacts,
  { types }: Pick<CapacityFacts, 'types'>,
): readonly Verdict[] {
  const { scratchMib } = wanted;
  if (scratchMib === undefined) return [];
  const unknown = environment.templates.flatMap(({ content }) => (content.known ? [] : [content]));
  if (unknown.length > 0) return unknown;
  const gib = largestVolume(environment);
  // Volumes of somebody's own image are not to be seen.
  if (gib >= scratchMib / 1024 || environment.ownImage) return [];
  return [
    verdictOn(types.types, (known) =>
      tooSmall(wanted, environment, scratchMib / 1024, Math.max(gib, smallestStore(environment, known))),
    ),
  ];
}

function largestVolume({ templates }: EnvironmentFacts): number {
  const sizes = templates.flatMap(({ content }) => (content.known ? (content.value?.volumesGib ?? []) : []));
  return Math.max(defaultRootGib, ...sizes);
}

/** Every type has disks of its own that are so large. */
function smallestStore({ types }: EnvironmentFacts, known: readonly InstanceType[]): number {
  const stores = typesNamed(types, known).map(({ storeGib }) => storeGib);
  return stores.length === 0 ? 0 : Math.min(...stores);
}

function tooSmall(
  wanted: WantedQueue,
  environment: EnvironmentFacts,
  scratchGib: number,
  gib: number,
): readonly Finding[] {
  if (gib >= scratchGib) return [];
  return [
    finding('scratch-volume', {
      about: aboutEnvironment(environment),
      seen: `muster.yaml says ${scratchGib} GiB of scratch for queue ${wanted.name}; the largest volume of its instances has ${gib} GiB`,
      fix: `Give it a launch template with a volume of ${Math.ceil(scratchGib)} GiB mounted at /scratch (BlockDeviceMappings, user data), or write \`queues.${wanted.name}.scratch: ${gib} GiB\` in muster.yaml.`,
    }),
  ];
}
