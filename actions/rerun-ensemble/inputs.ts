import { z } from 'zod';
import {
  amount,
  flag,
  lines,
  optional,
  required,
  shared,
  text,
  wholeNumber,
} from '../../src/action/inputs.ts';

export const inputs = z.object({
  run: required(),
  select: text('failed'),
  reason: text('rerun by hand'),
  'dry-run': flag(false),
  memory: optional(),
  vcpus: wholeNumber(),
  attempts: wholeNumber(),
  timeout: optional(),
  capacity: optional(),
  queue: optional(),
  'program-environment': lines(),
  'budget-usd': amount(),
  failures: wholeNumber(),
  digest: optional(),
  approved: flag(false),
  'agreed-usd': amount(),
  'approve-usd': amount(),
  environment: text('spend'),
  'watch-workflow': text('watch.yml'),
  ...shared,
});

export type Inputs = z.output<typeof inputs>;
export type Output =
  | 'run'
  | 'outcome'
  | 'approval'
  | 'digest'
  | 'round'
  | 'combinations'
  | 'slices'
  | 'usd'
  | 'worst-usd'
  | 'review';
