import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';
import type { Prepared } from '../run/prepare.ts';

/** What one job plans and another carries out, as a job's output holds it (GH 2.1: 1 MB of them). */

export const planEntrySchema = z.object({
  /** Of the grid file, below the root. */
  path: z.string(),
  grid: z.string(),
  run: z.string(),
  /** Of what would be executed. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  combinations: z.number(),
  new: z.number(),
  /** Null: unknown, without credentials. */
  reused: z.number().nullable(),
  /** Upper end of the estimate. */
  usd: z.number().nullable(),
  ceilingUsd: z.number(),
  /** Folders of docker/ that the registry lacks. */
  images: z.array(z.string()),
  approval: z.enum(['open', 'gated', 'held']),
  /** What a person typed. */
  approvedUsd: z.number().nullable(),
});

export type PlanEntry = z.output<typeof planEntrySchema>;

/** @param file the input that holds it, for messages. */
export function parsePlans(file: string, text: string): readonly PlanEntry[] {
  try {
    return z.array(planEntrySchema).parse(JSON.parse(text));
  } catch (cause) {
    throw new ConfigurationError(
      {
        file,
        message: 'it is no JSON array of plans',
        fix: 'Give it an output of plan-grid: `plans`, `open` or `gated`. `[]` is none.',
      },
      { cause },
    );
  }
}

/**
 * Of what a plan would execute, and with what. Prices and times are no part of it: they change by the hour, and what was
 * agreed to is compared by itself.
 */
export function digestOf({ run, first, members, images, reused, selected }: Prepared): string {
  const { groups, classes, arrays, attempts, environment } = first;
  const content = Object.values(images)
    .map(({ name, identity }) => [name, identity])
    .sort(([one = ''], [other = '']) => (one < other ? -1 : 1));
  const executed = [run, selected, groups, classes, arrays, attempts, environment, members, content];
  const taken = reused.map(({ index }) => index);
  return createHash('sha256')
    .update(JSON.stringify([executed, taken]))
    .digest('hex');
}
