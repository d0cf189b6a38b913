import { Consumables } from './consumables.ts';
import { Definitions } from './definitions.ts';
import type { Job } from './job.ts';
import type { LogStreams } from './log-streams.ts';
import type { ReferenceBatchOptions } from './options.ts';
import { Queue } from './queue.ts';
import { clientException } from './refusal.ts';
import type { Target } from './stop.ts';
import { makeWorld, type World } from './world.ts';

/** AB 2.3: for how long a job is shown after its end. Milliseconds. */
const remembered = 7 * 24 * 3600 * 1000;

/** All that exists in one account and region. */
export class Account {
  readonly world: World;
  readonly consumables: Consumables;
  readonly definitions: Definitions;
  readonly queues: readonly Queue[];
  readonly logs: LogStreams;
  readonly jobs = new Map<string, Job>();

  constructor(options: ReferenceBatchOptions) {
    this.world = makeWorld(options);
    this.logs = this.world.logs;
    this.consumables = new Consumables(this.world);
    this.definitions = new Definitions(this.world);
    this.queues = options.queues.map((queue) => new Queue(this.world, queue));
  }

  /** By name or ARN. */
  queue(reference: string | undefined): Queue | undefined {
    return this.queues.find(({ name, arn }) => reference === name || reference === arn);
  }

  existingQueue(reference: string | undefined): Queue {
    const queue = this.queue(reference);
    if (queue === undefined) throw clientException(`Job Queue ${reference} does not exist.`);
    return queue;
  }

  /** What a job id stands for, as long as Batch remembers it. */
  target(id: string): Target | undefined {
    const colon = id.indexOf(':');
    const job = this.jobs.get(colon < 0 ? id : id.slice(0, colon));
    if (job === undefined || this.isForgotten(job)) return undefined;
    if (colon < 0) return { job };
    const index = Number(id.slice(colon + 1));
    // AB 2.2: a child exists once its parent has spawned it.
    const exists = job.size !== undefined && index >= 0 && index < job.spawned(this.world.timeline.now());
    return exists && Number.isInteger(index) && !this.isForgotten(job, index) ? { job, index } : undefined;
  }

  isForgotten(job: Job, index?: number): boolean {
    const stoppedAt = index === undefined ? job.stoppedAt : job.childStoppedAt(index);
    return job.forgotten || (stoppedAt !== undefined && this.world.timeline.now() - stoppedAt > remembered);
  }
}
