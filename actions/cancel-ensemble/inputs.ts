import { z } from 'zod';
import { required, shared, text } from '../../src/action/inputs.ts';

export const inputs = z.object({ run: required(), reason: text('cancelled by hand'), ...shared });

export type Inputs = z.output<typeof inputs>;
export type Output = 'outcome' | 'review';
