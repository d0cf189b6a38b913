import { z } from 'zod';

/** What one attempt of one slice writes about its combinations; at most 1,000 a part. One writer, never changed. */

const outputSchema = z.object({
  /** Relative to the work directory. */
  path: z.string(),
  /** In the store. */
  key: z.string(),
  /** Bytes. */
  size: z.number(),
  sha256: z.string(),
});

const usageSchema = z.object({
  /** Wall time of the program, without input and output transfer. */
  seconds: z.number(),
  /** Wall time of everything the worker did for this combination. */
  totalSeconds: z.number(),
  cpuSeconds: z.number().nullable(),
  /** Highest sum over the program's process group that was seen. */
  peakMemoryBytes: z.number().nullable(),
  /** Of the work directory at the end. */
  diskBytes: z.number(),
});

export const failureClasses = [
  'program',
  'output',
  'memory',
  'disk',
  'timeout',
  'host',
  'image',
  'start',
  'store',
  'input',
  'cancelled',
  'unknown',
] as const;

export const failureSchema = z.object({
  class: z.enum(failureClasses),
  /** One line in plain words. */
  message: z.string(),
  exitCode: z.number().nullable(),
  signal: z.string().nullable(),
  /** The last 50 lines the program wrote, at most 8 KiB. */
  tail: z.string(),
  /** Another attempt may help: the worker exits 75. */
  again: z.boolean(),
});

const entrySchema = z.object({
  index: z.number(),
  id: z.string(),
  label: z.string(),
  state: z.enum(['succeeded', 'failed']),
  /** Digest of the same work (grid language, Identity). */
  work: z.string(),
  command: z.array(z.string()),
  /** ISO 8601. */
  startedAt: z.string(),
  endedAt: z.string(),
  outputs: z.array(outputSchema),
  results: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
  usage: usageSchema,
  failure: failureSchema.nullable(),
});

/** A rented machine, in the words of its metadata. */
const instanceSchema = z.object({
  /** Such as `c7a.4xlarge`. */
  type: z.string(),
  zone: z.string().exactOptional(),
  capacity: z.enum(['spot', 'on-demand']).exactOptional(),
});

export const fragmentSchema = z.object({
  schema: z.literal(1),
  run: z.string(),
  round: z.number(),
  array: z.number(),
  /** Number of the slice in the round, from 0. */
  slice: z.number(),
  /** The parent job. */
  job: z.string(),
  attempt: z.number(),
  part: z.number(),
  /** True in the last part an attempt writes when it went through its whole slice. */
  complete: z.boolean(),
  /** ISO 8601: when the worker of this attempt began; absent from older workers. */
  startedAt: z.string().exactOptional(),
  /** ISO 8601. */
  writtenAt: z.string(),
  worker: z.object({ version: z.string(), host: z.string(), platform: z.string() }),
  /** Content identity of the image. */
  image: z.string(),
  /** The machine it ran on, where the worker could learn it: what an hour of it costs. */
  instance: instanceSchema.exactOptional(),
  combinations: z.array(entrySchema),
});

export type InstanceRecord = z.infer<typeof instanceSchema>;
export type Fragment = z.infer<typeof fragmentSchema>;
export type FragmentEntry = z.infer<typeof entrySchema>;
export type OutputRecord = z.infer<typeof outputSchema>;
export type Usage = z.infer<typeof usageSchema>;
export type Failure = z.infer<typeof failureSchema>;
