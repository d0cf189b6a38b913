import { z } from 'zod';
import { lines, optional, required, shared } from '../../src/action/inputs.ts';

export const inputs = z.object({
  step: required(/^(what|member|join|all)$/, 'one of what, member, join and all'),
  images: lines(),
  image: optional(),
  architecture: optional(),
  ...shared,
});

export type Inputs = z.output<typeof inputs>;
export type Output = 'missing' | 'members' | 'reference' | 'digest' | 'pushed';
