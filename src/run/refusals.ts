import type { Diagnosis } from '../engine/engine.ts';
import { plural } from '../report/format.ts';
import type { ArrayAt } from './observe.ts';

/** Arrays of one queue that the engine refuses until a person mends something. */
export interface Refusal {
  readonly queue: string;
  readonly why: string;
  readonly fix: string;
  /** ISO 8601; when it was last tried. */
  readonly at: string;
  /** All that wait for this queue: after the first refusal of a step the others are not tried. */
  readonly arrays: number;
}

/** By queue, the newest word of each. Pure. */
export function refusals(arrays: readonly ArrayAt[]): readonly Refusal[] {
  const byQueue = new Map<string, Refusal>();
  const waiting = new Map<string, number>();
  for (const { document } of arrays) {
    const { value } = document;
    if (value.state !== 'intended') continue;
    const { queue, refused } = value;
    waiting.set(queue, (waiting.get(queue) ?? 0) + 1);
    const known = byQueue.get(queue);
    if (refused === undefined || (known !== undefined && known.at >= refused.at)) continue;
    byQueue.set(queue, { queue, ...refused, arrays: 0 });
  }
  return [...byQueue.values()].map((one) => ({ ...one, arrays: waiting.get(one.queue) ?? 0 }));
}

/** In the words of a review: why nothing starts (the reason names the queue where it is about one), and how it goes on. */
export function describeRefusal({ why, fix, arrays }: Refusal): Diagnosis {
  return {
    code: 'REFUSED',
    summary: `${plural(arrays, 'array')} cannot be submitted: ${why}${/[.!?]$/.test(why) ? '' : '.'}`,
    // The fix last: a command that ends it can be copied.
    fix: `The run waits, and goes on with the next watch once that is mended. ${fix}`.trimEnd(),
  };
}
