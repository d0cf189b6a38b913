import { z } from 'zod';
import type { Outcome } from './outcome.ts';

/** `work-index.jsonl`: which work the run has verified outputs of. A later plan looks its own work up here. */
export const workLineSchema = z.object({
  /** Digest of the same work (grid language, Identity). */
  work: z.string(),
  /** Of the combination in this run. */
  index: z.number(),
  id: z.string(),
  outputs: z.array(z.object({ path: z.string(), key: z.string(), size: z.number(), sha256: z.string() })),
});

export type WorkLine = z.infer<typeof workLineSchema>;

/** Only what succeeded is worth taking over. */
export function workLine({ combination, state, work, outputs }: Outcome): WorkLine | undefined {
  if (state !== 'succeeded' || work === undefined) return undefined;
  return { work, index: combination.index, id: combination.id, outputs: [...outputs] };
}
