import { z } from 'zod';
import { required, shared } from '../../src/action/inputs.ts';

export const inputs = z.object({ run: required(), ...shared });

export type Inputs = z.output<typeof inputs>;
export type Output = 'outcome' | 'verdict' | 'sha256' | 'succeeded' | 'combinations' | 'complete' | 'review';
