import { z } from 'zod';
import { flag, shared, text } from '../../src/action/inputs.ts';

export const inputs = z.object({
  plans: text('[]'),
  approved: flag(false),
  rejected: flag(false),
  environment: text('spend'),
  alongside: flag(false),
  'watch-workflow': text('watch.yml'),
  ...shared,
});

export type Inputs = z.output<typeof inputs>;
export type Output = 'began' | 'runs' | 'launched' | 'refused';
