import type { Answer } from '../../aws/answer.ts';
import type {
  EnvironmentFacts as BatchEnvironment,
  QueueFacts as BatchQueue,
} from '../../engine/aws-batch/evidence/evidence.ts';
import { unbundled } from '../../money/instances.ts';
import type { WantedQueue } from '../wanted.ts';

/** What the account says of the room that slices get. Plain data: gathered once, judged by pure functions. */
export interface CapacityFacts {
  readonly region: string;
  readonly queues: readonly QueueFacts[];
  readonly types: TypeFacts;
  /** Availability zone by subnet. */
  readonly zones: Answer<ReadonlyMap<string, string>>;
  readonly quotas: QuotaFacts;
}

export interface QueueFacts {
  readonly wanted: WantedQueue;
  /** `undefined`: there is none. */
  readonly queue: Answer<FoundQueue | undefined>;
  /** Those of the queue that exist, in its order. */
  readonly environments: Answer<readonly EnvironmentFacts[]>;
}

export interface FoundQueue extends BatchQueue {
  /** `ECS` for instances (AB 4.1); absent: Batch did not say. */
  readonly kind?: string;
}

export interface EnvironmentFacts
  extends Omit<BatchEnvironment, 'groups' | 'members' | 'desiredVcpus' | 'cluster'> {
  /** False: somebody else starts its instances. */
  readonly managed: boolean;
  /** `EC2`, `SPOT`, `FARGATE`, ...; empty where it is not managed. */
  readonly buys: string;
  /** `ECS` or `EKS`; absent: Batch did not say. */
  readonly orchestration?: string;
  /** Batch's default is BEST_FIT (AB 4.3). */
  readonly strategy: string;
  readonly minVcpus: number;
  /** Of the instances that it has, or is about to start; absent: Batch did not say. */
  readonly desiredVcpus?: number;
  readonly securityGroups: readonly string[];
  readonly instanceRole?: string;
  readonly spotFleetRole?: string;
  /** It starts from an image of somebody's own, whose volumes nobody knows. */
  readonly ownImage: boolean;
  readonly templates: readonly TemplateFacts[];
}

export interface TemplateFacts {
  /** By id or name, and its version: `lt-0ab12, version $Default`. */
  readonly name: string;
  /** `undefined`: there is no such template or version. */
  readonly content: Answer<TemplateContent | undefined>;
}

export interface TemplateContent {
  readonly interfaces: readonly {
    readonly id?: string;
    readonly subnet?: string;
    readonly publicAddress?: boolean;
    readonly securityGroups: readonly string[];
  }[];
  readonly securityGroups: readonly string[];
  /** GiB of each volume that says its size. */
  readonly volumesGib: readonly number[];
}

export interface TypeFacts {
  readonly types: Answer<readonly InstanceType[]>;
  /** Types by availability zone. */
  readonly offered: Answer<ReadonlyMap<string, ReadonlySet<string>>>;
}

export interface InstanceType {
  readonly type: string;
  readonly architectures: readonly ('arm64' | 'amd64')[];
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly gpus: number;
  readonly bareMetal: boolean;
  /** Whether it can be bought as Spot; not all types can. */
  readonly spot: boolean;
  /** GiB of disks that belong to the instance. */
  readonly storeGib: number;
}

/** AB 5.5: of Standard families; the code of Spot is from memory. */
export const quotaCodes = { onDemand: 'L-1216C47A', spot: 'L-34B43A08' } as const;

/** vCPUs that may run at once in the region, by what is bought; absent: none of it is. */
export interface QuotaFacts {
  readonly onDemand?: Answer<number>;
  readonly spot?: Answer<number>;
}

/** Whether Batch may start instances in it for slices of ours (AB 4.1). */
export function isUsable(environment: EnvironmentFacts): boolean {
  return isOn(environment) && isForSlices(environment);
}

/** One that is being made or changed is on its way to VALID. */
export const isOn = ({ state, status }: EnvironmentFacts): boolean =>
  state === 'ENABLED' && ['VALID', 'UPDATING', 'CREATING'].includes(status);

export const isForSlices = ({ managed, buys, orchestration = 'ECS' }: EnvironmentFacts): boolean =>
  managed && (buys === 'EC2' || buys === 'SPOT') && orchestration === 'ECS';

/** None while nobody knows them. */
export function usableEnvironments({ queue, environments }: QueueFacts): readonly EnvironmentFacts[] {
  const isOurs = queue.known && queue.value !== undefined && (queue.value.kind ?? 'ECS') === 'ECS';
  return isOurs && environments.known ? environments.value.filter(isUsable) : [];
}

/** The types that entries stand for: a size itself, a family all its sizes but the bare machines (AB 4.2; [MEM]). */
export function typesNamed(
  entries: readonly string[],
  known: readonly InstanceType[],
): readonly InstanceType[] {
  const asked = new Set(unbundled(entries));
  return known.filter(({ type, bareMetal }) => asked.has(type) || (!bareMetal && asked.has(familyOf(type))));
}

export const familyOf = (type: string): string => type.split('.')[0] ?? type;
