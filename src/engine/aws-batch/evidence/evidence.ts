/**
 * What was seen of a job that does not move, before anybody judges it. Whatever is absent was not seen: its call was
 * refused, failed, or was not needed; `notSeen` says which.
 */
export interface Evidence {
  /** Milliseconds, as are all times here. */
  readonly now: number;
  readonly region: string;
  readonly jobId: string;
  /** Absent: Batch does not know it, or not any more. */
  readonly job?: JobFacts;
  /** As the job was submitted to: an ARN. */
  readonly queueId: string;
  /** `gone`: the queue is not there any more. */
  readonly queue?: QueueFacts | 'gone';
  /** Compute environments in the order of the queue. */
  readonly environments?: readonly EnvironmentFacts[];
  readonly front?: FrontFacts;
  /** What is used up of all that the slices need, where something is. */
  readonly limit?: LimitFacts;
  /** By subnet. */
  readonly freeAddresses?: ReadonlyMap<string, number>;
  readonly notSeen: readonly Unseen[];
}

/** A call that was refused or failed. */
export interface Unseen {
  /** As IAM names it. */
  readonly action: string;
  /** The first of its errors, in words: a missing right, a network that is away. */
  readonly why: string;
}

export interface JobFacts {
  readonly name: string;
  readonly size: number;
  readonly createdAt: number;
  readonly ended: boolean;
  readonly counts: {
    /** SUBMITTED and PENDING: not in the queue yet. */
    readonly early: number;
    readonly runnable: number;
    readonly starting: number;
    readonly running: number;
  };
  readonly vcpus?: number;
  readonly memoryMib?: number;
  /** What Batch says of one that waits. */
  readonly reasons: readonly string[];
  /** Of slices that are starting, as far as they were looked at. */
  readonly tasks?: readonly TaskFacts[];
}

/** A task of ECS: one attempt of one slice. */
export interface TaskFacts {
  readonly createdAt: number;
  readonly pullStartedAt?: number;
  readonly pullStoppedAt?: number;
}

export interface QueueFacts {
  readonly name: string;
  readonly state: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly environments: readonly string[];
}

/** The first jobs of the queue that wait: 100 at most (AB 4.5). */
export interface FrontFacts {
  readonly jobs: readonly { readonly jobId: string; readonly since: number }[];
  /** The first one, where it is not ours. */
  readonly head?: { readonly name: string; readonly reason?: string; readonly limit?: LimitFacts };
}

/** What must be allowed for `LimitFacts`, as IAM names it. */
export const limitAction = 'batch:DescribeConsumableResource';

/** A consumable resource. */
export interface LimitFacts {
  readonly name: string;
  /** What one slice needs. */
  readonly each: number;
  readonly total: number;
  readonly used: number;
}

export interface EnvironmentFacts {
  readonly name: string;
  readonly arn: string;
  readonly state: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly spot: boolean;
  readonly maxVcpus: number;
  readonly desiredVcpus: number;
  readonly types: readonly string[];
  readonly subnets: readonly string[];
  readonly cluster?: string;
  readonly groups?: readonly GroupFacts[];
  readonly members?: readonly MemberFacts[];
}

/** An Auto Scaling group that Batch made for the environment. */
export interface GroupFacts {
  readonly name: string;
  readonly instances: readonly InstanceFacts[];
  /** Newest first. */
  readonly activities?: readonly ActivityFacts[];
}

export interface InstanceFacts {
  readonly id: string;
  /** Absent: not looked at. */
  readonly launchedAt?: number;
  readonly publicAddress?: boolean;
}

export interface ActivityFacts {
  readonly failed: boolean;
  readonly message: string;
  readonly at: number;
}

/** An instance that ECS knows. */
export interface MemberFacts {
  readonly connected: boolean;
  readonly vcpus: number;
  readonly memoryMib: number;
  readonly freeVcpus: number;
  readonly freeMemoryMib: number;
}

/** Whether `id` is the job itself or one of its children (AB 2.2). */
export const isOurs = (jobId: string, id: string) => id === jobId || id.startsWith(`${jobId}:`);
