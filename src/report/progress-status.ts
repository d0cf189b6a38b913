import { oneLine } from './escape.ts';
import { count } from './format.ts';

import type { RunProgress } from './run-progress.ts';
import { dollars } from './verdict.ts';

/** Contexts of commit statuses; a run has a branch of its own, so fixed ones are clear. */
export const contexts = { progress: 'muster/progress', complete: 'muster/complete' } as const;

/** Characters [MEM] (GH 2.3). */
const longest = 140;

/**
 * GitHub keeps 1,000 statuses of a commit and context (GH 2.3), and a run of a week is looked at as often. What is told
 * moves in steps, so that it can change 400 times at most.
 */
const steps = { finished: 200, failed: 100, money: 100 } as const;

/** `812 of 1,440, 2 failed, $12 of $60`, while a run is at work: plain text. */
export function progressStatus({ combinations, done, money, stopped, diagnosis }: RunProgress): string {
  const finished = coarse(done.succeeded + done.failed, combinations, steps.finished);
  const failed = done.failed === 0 ? 0 : Math.max(1, coarse(done.failed, combinations, steps.failed));
  const { meteredUsd, budgetUsd } = money;
  const spent = dollars(
    coarse(meteredUsd, budgetUsd ?? 10 ** Math.ceil(Math.log10(meteredUsd + 1)), steps.money, 0.01),
  );
  const stuck = diagnosis.find(({ wait }) => wait !== true);
  const parts = [
    `${count(finished)} of ${count(combinations)}`,
    failed > 0 ? `${count(failed)} failed` : undefined,
    budgetUsd === null ? spent : `${spent} of ${dollars(budgetUsd)}`,
    stopped === null ? undefined : 'stopping',
    stuck === undefined ? undefined : `needs attention: ${stuck.code}`,
  ];
  return oneLine(parts.filter((part) => part !== undefined).join(', '), longest);
}

/** The value, or what it has passed of as many steps as there may be of the whole. */
function coarse(value: number, whole: number, most: number, unit = 1): number {
  const step = Math.max(unit, Math.ceil(whole / most / unit) * unit);
  // A whole that is reached is told exactly.
  return value >= whole ? value : Math.floor(value / step) * step;
}
