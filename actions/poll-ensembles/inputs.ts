import { z } from 'zod';
import { optional, shared } from '../../src/action/inputs.ts';

export const inputs = z.object({ run: optional(), ...shared });

export type Inputs = z.output<typeof inputs>;
export type Output = 'ended' | 'active' | 'states' | 'failed';
