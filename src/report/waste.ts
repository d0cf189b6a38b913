import type { Market } from '../money/rate.ts';
import { adviceFor } from '../money/waste.ts';
import type { ResourceClass } from '../plan/plan.ts';
import { duration, percent, plural } from './format.ts';
import type { Summary } from './summary.ts';

/** Without prices the CPUs that a slice holds stand for its cost. */
const unpriced: Market = { kind: 'local', vcpus: 4096, memoryMib: 64 * 1024 * 1024, usdPerVcpuHour: 0 };

/** What time and money went to besides results, and what to ask for instead; a sentence each. */
export function wasteText(
  summary: Summary,
  classes: readonly ResourceClass[],
  market: Market = unpriced,
): string[] {
  const { totalSeconds, wastedSeconds, retried } = summary;
  const share = percent(wastedSeconds / (totalSeconds + wastedSeconds));
  return [
    ...(wastedSeconds > 0
      ? [`Attempts that did not count took ${duration(wastedSeconds)}, ${share} of all program time.`]
      : []),
    ...(retried > 0 ? [`${plural(retried, 'combination')} needed more than one attempt.`] : []),
    ...classes.flatMap((kind) => {
      const used = summary.usage.get(kind.class);
      const advice = used === undefined ? undefined : adviceFor(used, kind.resources, market);
      if (advice === undefined) return [];
      return [`${classes.length > 1 ? `Class ${kind.class}: ` : ''}${advice.text}.`];
    }),
  ];
}
