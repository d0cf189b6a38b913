import { z } from 'zod';
import { amount, flag, lines, optional, shared, text } from '../../src/action/inputs.ts';

export const inputs = z.object({
  grids: lines(),
  comment: flag(true),
  environment: text('spend'),
  'approve-run': optional(),
  'approve-usd': amount(),
  ...shared,
});

export type Inputs = z.output<typeof inputs>;
export type Output = 'plans' | 'open' | 'gated' | 'held' | 'undecided' | 'images' | 'comment';
