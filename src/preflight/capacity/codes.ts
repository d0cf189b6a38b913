import { type Codes, findingsOf } from '../codes.ts';
import { buyingCodes } from './buying-codes.ts';
import { fitCodes } from './fit-codes.ts';
import { machineCodes } from './machine-codes.ts';
import { environmentCodes, queueCodes } from './queue-codes.ts';

/** All that the judges of this folder find. */
export const capacityCodes = {
  ...queueCodes,
  ...environmentCodes,
  ...buyingCodes,
  ...machineCodes,
  ...fitCodes,
} as const satisfies Codes;

export const finding = findingsOf(capacityCodes);
