import { z } from 'zod';
import { combinationSchema } from './combination-blocks.ts';
import { fragmentSchema } from './fragment.ts';
import type { Outcome } from './outcome.ts';

/** `outcomes.jsonl`: every verdict in full, a line each. What reuse, comparison with a later run and fetch read. */

const entry = fragmentSchema.shape.combinations.element.shape;

export const outcomeSchema = z.object({
  combination: combinationSchema,
  state: z.enum(['succeeded', 'failed', 'missing']),
  source: z
    .object({
      run: z.string(),
      round: z.number(),
      slice: z.number(),
      job: z.string(),
      attempt: z.number(),
      host: z.string(),
      instanceType: z.string().exactOptional(),
      image: z.string(),
      worker: z.string(),
      definition: z.string().exactOptional(),
    })
    .exactOptional(),
  work: entry.work.exactOptional(),
  command: entry.command,
  outputs: entry.outputs,
  results: entry.results,
  usage: entry.usage.exactOptional(),
  startedAt: entry.startedAt.exactOptional(),
  endedAt: entry.endedAt.exactOptional(),
  failure: entry.failure.unwrap().exactOptional(),
  attempts: z.number(),
  wastedSeconds: z.number(),
  cost: z.number().nullable(),
}) satisfies z.ZodType<Outcome>;
