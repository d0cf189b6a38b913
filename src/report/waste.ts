import { duration, percent, plural } from './format.ts';
import type { Summary } from './summary.ts';

/**
 * What time and money went to besides results, a sentence each. `advice`: what to ask for instead, by resource class
 * (`adviceFor` of money/ on `Summary.usage`).
 */
export function wasteText(summary: Summary, advice: readonly string[]): string[] {
  const { totalSeconds, wastedSeconds, retried } = summary;
  const used = totalSeconds + wastedSeconds;
  return [
    ...(wastedSeconds > 0
      ? [
          `Attempts that did not count took ${duration(wastedSeconds)}, ${percent(wastedSeconds / used)} of all program time.`,
        ]
      : []),
    ...(retried > 0 ? [`${plural(retried, 'combination')} needed more than one attempt.`] : []),
    ...advice,
  ];
}
