import { z } from 'zod';

/** The documents of one job in the job table, parsed at every read. */

export const jobSchema = z.object({
  schema: z.literal(1),
  id: z.string(),
  createdAt: z.string(),
  definition: z.string(),
  name: z.string(),
  queue: z.string(),
  size: z.number(),
  image: z.object({ name: z.string(), identity: z.string(), reference: z.string().optional() }),
  resources: z.object({
    vcpus: z.number(),
    memoryMib: z.number(),
    gpus: z.number(),
    architecture: z.enum(['arm64', 'amd64']),
    capacity: z.enum(['spot', 'spot-first', 'on-demand']),
    scratchGib: z.number().optional(),
    concurrent: z.number().optional(),
    ulimits: z.record(z.string(), z.number()),
  }),
  concurrentWith: z.string().exactOptional(),
  attempts: z.number(),
  timeoutSeconds: z.number(),
  environment: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  /** Absent when slices run as processes. Decided at submission, so that whoever hosts the job does the same. */
  container: z.object({ image: z.string(), node: z.enum(['mounted', 'own']) }).optional(),
});

/** Create-only: the first wish to cancel stands. */
export const cancelSchema = z.object({ reason: z.string(), at: z.string() });

const attemptOf = { child: z.number(), attempt: z.number(), at: z.string() };

export const eventSchema = z.discriminatedUnion('event', [
  /** Written before the process is made, so that no two attempts ever share a number. */
  z.object({ event: z.literal('started'), ...attemptOf }),
  /** The process group of the attempt; `born` tells it from a later process with the same number. */
  z.object({ event: z.literal('spawned'), ...attemptOf, pid: z.number(), born: z.string() }),
  z.object({
    event: z.literal('stopped'),
    ...attemptOf,
    /**
     * `exit`: by itself or by a stranger's signal; `timeout`, `cancel`, `interrupt` (Ctrl-C): we asked it to stop;
     * `lost`: the engine died under it; `unspawned`: no process could be made.
     */
    cause: z.enum(['exit', 'timeout', 'cancel', 'interrupt', 'lost', 'unspawned']),
    /** 128 + n for signal n; null when it is not known. */
    exitCode: z.number().nullable(),
    detail: z.string().optional(),
  }),
  /** Of the whole job: what has not started never will. */
  z.object({ event: z.literal('cancelled'), at: z.string(), reason: z.string() }),
]);

export type JobRecord = z.infer<typeof jobSchema>;
export type CancelRecord = z.infer<typeof cancelSchema>;
export type JobEvent = z.infer<typeof eventSchema>;
export type StoppedEvent = Extract<JobEvent, { event: 'stopped' }>;

/** The id of a child: that of the job itself for a plain job (AB 2.2). */
export function childId(job: Pick<JobRecord, 'id' | 'size'>, child: number): string {
  return job.size === 1 ? job.id : `${job.id}:${child}`;
}
