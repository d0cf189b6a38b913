import { z } from 'zod';
import { lines, shared, text } from '../../src/action/inputs.ts';

export const inputs = z.object({
  grids: lines(),
  only: lines(),
  environments: lines('spend\nlaunch\nwatch\nimages\n'),
  'watch-workflow': text('watch.yml'),
  ...shared,
});

export type Inputs = z.output<typeof inputs>;
export type Output = 'errors' | 'warnings' | 'not-done' | 'report';
