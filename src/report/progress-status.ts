import { oneLine } from './escape.ts';
import { count } from './format.ts';
import type { RunProgress } from './run-progress.ts';
import { dollars } from './verdict.ts';

/** Contexts of commit statuses; each run has a branch of its own, so fixed ones are clear. */
export const contexts = { progress: 'muster/progress', complete: 'muster/complete' } as const;

/** Characters [MEM] (GH 2.3). */
const longest = 140;

/**
 * GitHub keeps 1,000 statuses of a commit and context (GH 2.3), and somebody may look every half minute for days: what
 * is told of a large run moves in steps, so that it changes some 650 times at most.
 */
const steps = { finished: 350, failed: 80, money: 100 } as const;
/** Counts up to it are exact, and so is what is left to do. */
const exactBelow = 50;

/** `812 of 1,440, 2 failed, $12 of $60`, of a run at work: plain text. */
export function progressStatus({ combinations, done, money, stopped, diagnosis }: RunProgress): string {
  const finished = done.succeeded + done.failed;
  const shown =
    combinations - finished <= exactBelow ? finished : stepped(finished, combinations / steps.finished);
  const failed = stepped(done.failed, combinations / steps.failed);
  const stuck = diagnosis.find(({ wait }) => wait !== true);
  const parts = [
    `${count(shown)} of ${count(combinations)}`,
    failed > 0 ? `${count(failed)} failed` : undefined,
    spent(money),
    stopped === null ? undefined : 'stopping',
    stuck === undefined ? undefined : `needs attention: ${stuck.code}`,
  ];
  return oneLine(parts.filter((part) => part !== undefined).join(', '), longest);
}

function stepped(value: number, step: number): number {
  const whole = Math.max(1, Math.ceil(step));
  return value <= exactBelow ? value : Math.floor(value / whole) * whole;
}

function spent({ meteredUsd, budgetUsd }: RunProgress['money']): string {
  // Without a budget: two digits, of whatever size it is.
  const whole = budgetUsd ?? 10 ** Math.ceil(Math.log10(Math.max(1, meteredUsd)));
  const step = whole / steps.money;
  const usd = step > 0 ? dollars(Math.round(meteredUsd / step) * step) : dollars(meteredUsd);
  return budgetUsd === null ? usd : `${usd} of ${dollars(budgetUsd)}`;
}
