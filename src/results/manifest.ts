import { z } from 'zod';
import type { Outcome } from './outcome.ts';

/** `manifest.jsonl`: one line for every output of every combination, of failed ones too. */
export const manifestLineSchema = z.object({
  /** Of the combination. */
  index: z.number(),
  id: z.string(),
  label: z.string(),
  state: z.enum(['succeeded', 'failed']),
  /** Relative to the program's work directory. */
  path: z.string(),
  /** In the store. */
  key: z.string(),
  /** Bytes. */
  size: z.number(),
  sha256: z.string(),
  /** The run that made it: another one when the combination was reused. */
  run: z.string(),
});

export type ManifestLine = z.infer<typeof manifestLineSchema>;

export function manifestLines({ combination, state, source, outputs }: Outcome): readonly ManifestLine[] {
  if (state === 'missing' || source === undefined) return [];
  const { index, id, label } = combination;
  return outputs.map(({ path, key, size, sha256 }) => ({
    ...{ index, id, label, state },
    ...{ path, key, size, sha256, run: source.run },
  }));
}
