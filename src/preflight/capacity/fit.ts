import type { Answer } from '../../aws/answer.ts';
import { memoryFit, packing } from '../../money/instances.ts';
import type { WantedClass } from '../wanted.ts';
import {
  type CapacityFacts,
  type EnvironmentFacts,
  type InstanceType,
  type QueueFacts,
  typesNamed,
  usableEnvironments,
} from './facts.ts';

/** Slices of one class on one type that an environment may start: a line of the table (AB 4.4). */
export interface FitRow {
  readonly of: WantedClass;
  readonly environment: string;
  readonly type: InstanceType;
  readonly verdict: 'fits' | 'tight' | 'impossible';
  /** Slices on one instance. */
  readonly perInstance: number;
  /** Share of its vCPUs that no slice asks for, 0 to 1. */
  readonly idle: number;
  /** Whether maxvCpus of the environment allow one slice; types tell nothing of that. */
  readonly hasRoom: boolean;
}

/** Every class on every type of its queue. */
export function fitRows(facts: CapacityFacts, classes: readonly WantedClass[]): Answer<readonly FitRow[]> {
  const { types } = facts.types;
  if (!types.known) return types;
  const rows = classes.flatMap((one) => {
    const queue = facts.queues.find(({ wanted }) => wanted.name === one.queue);
    return queue === undefined ? [] : rowsOf(facts, queue, types.value, one);
  });
  return { known: true, value: rows };
}

function rowsOf(
  facts: CapacityFacts,
  queue: QueueFacts,
  known: readonly InstanceType[],
  one: WantedClass,
): readonly FitRow[] {
  return usableEnvironments(queue).flatMap((environment) =>
    offeredTypes(facts, environment, known).map((type) => ({
      of: one,
      environment: environment.name,
      ...fitOn(type, one),
      hasRoom: environment.maxVcpus >= one.resources.vcpus,
    })),
  );
}

/** Rows on which a slice can be placed, as far as anybody can tell: of environments with a type and the room for it. */
export const placeable = (rows: readonly FitRow[]): readonly FitRow[] =>
  rows.filter(({ verdict, hasRoom }) => verdict !== 'impossible' && hasRoom);

/** Those environments that have a type for a slice of this class; all of them where none has one, or nobody knows. */
export function holding<Environment extends Pick<EnvironmentFacts, 'name'>>(
  rows: Answer<readonly FitRow[]>,
  environments: readonly Environment[],
  one: WantedClass,
): readonly Environment[] {
  if (!rows.known) return environments;
  const fitting = rows.value.filter(({ of, verdict }) => of === one && verdict !== 'impossible');
  const held = environments.filter(({ name }) => fitting.some(({ environment }) => environment === name));
  return held.length === 0 ? environments : held;
}

/** Those that can be had. All of them where none can, or nobody knows: that is told elsewhere. */
function offeredTypes(
  { types: { offered }, zones }: CapacityFacts,
  { types, subnets, buys }: EnvironmentFacts,
  known: readonly InstanceType[],
): readonly InstanceType[] {
  const all = typesNamed(types, known);
  const bought = buys === 'SPOT' ? all.filter(({ spot }) => spot) : all;
  const named = bought.length === 0 ? all : bought;
  if (!offered.known || !zones.known) return named;
  const own = subnets.flatMap((subnet) => zones.value.get(subnet) ?? []);
  const had = named.filter(({ type }) => own.some((zone) => offered.value.get(zone)?.has(type)));
  return had.length === 0 ? named : had;
}

/** How slices find room on a type. A tight one is alone: nobody can count on more. */
export function fitOn(
  type: InstanceType,
  { resources }: Pick<WantedClass, 'resources'>,
): Pick<FitRow, 'type' | 'verdict' | 'perInstance' | 'idle'> {
  const { vcpus, memoryMib, gpus } = resources;
  const verdict =
    type.vcpus < vcpus || type.gpus < gpus ? 'impossible' : memoryFit(type.memoryMib, memoryMib);
  const perInstance = verdict === 'tight' ? 1 : packing(type, resources);
  return { type, verdict, perInstance, idle: 1 - (perInstance * vcpus) / type.vcpus };
}
