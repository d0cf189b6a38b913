import type { Bill } from '../money/bill.ts';
import { count, money, plural } from './format.ts';

/** What the cost is made of, and what of it nobody could see; a sentence each. */
export function billText(bill: Bill | undefined): string[] {
  if (bill === undefined || bill.attempts === bill.unpriced) return [];
  const { combinationsUsd, overheadUsd, lostUsd, lost, assumed, unpriced } = bill;
  const parts = [
    `${money(combinationsUsd)} for combinations`,
    `${money(overheadUsd)} for the rest of their slices' time (start, records, waiting)`,
    ...(lost > 0 ? [`${money(lostUsd)} for what ${plural(lost, 'attempt')} lost`] : []),
  ];
  return [
    `The cost is every attempt's time on its share of a machine: ${parts.join(', ')}.`,
    ...(assumed > 0
      ? [
          `Nobody saw the end of ${plural(assumed, 'attempt')}: counted with the whole timeout, the most it can be.`,
        ]
      : []),
    ...(unpriced > 0 ? [`${count(unpriced)} of ${plural(bill.attempts, 'attempt')} had no price.`] : []),
  ];
}
