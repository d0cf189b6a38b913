import { z } from 'zod';
import type { Summary } from './summary.ts';

/** What one run tells the next about itself: small, kept as `summary.json` beside the results. */
export const runFactsSchema = z.object({
  schema: z.literal(1),
  run: z.string(),
  combinations: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  missing: z.number(),
  /** As written in the grid, groups flattened. */
  command: z.array(z.string()),
  /** Content identity by name. */
  images: z.record(z.string(), z.string()),
  axes: z.array(z.object({ name: z.string(), count: z.number(), values: z.array(z.string()) })),
  costUsd: z.number().nullable(),
  programSeconds: z.number(),
  /** Combinations that these seconds are of; absent in facts of older versions. */
  measured: z.number().exactOptional(),
  results: z.array(
    z.object({
      name: z.string(),
      min: z.number(),
      median: z.number(),
      max: z.number(),
    }),
  ),
});

export type RunFacts = z.infer<typeof runFactsSchema>;

/** Values of one axis that are kept for comparison. */
export const valuesKept = 500;

export function runFacts(
  summary: Summary,
  about: {
    readonly command: readonly (string | readonly string[])[];
    readonly images: Readonly<Record<string, string>>;
  },
): RunFacts {
  return {
    schema: 1,
    run: summary.run,
    combinations: summary.combinations,
    ...summary.states,
    command: about.command.flat(),
    images: { ...about.images },
    axes: summary.columns.axes.map(({ name, values }) => ({
      name,
      count: values.length,
      values: values.slice(0, valuesKept),
    })),
    costUsd: summary.costUsd,
    programSeconds: summary.totalSeconds,
    measured: [...summary.usage.values()].reduce((sum, { combinations }) => sum + combinations, 0),
    results: summary.results.flatMap(({ name, spread }) =>
      spread === undefined ? [] : [{ name, min: spread.min, median: spread.median, max: spread.max }],
    ),
  };
}
