import type { Market } from '../money/rate.ts';
import { type Advice, adviceFor } from '../money/waste.ts';
import type { ResourceClass } from '../plan/plan.ts';
import { duration, money, percent, plural } from './format.ts';
import { blocks, bullets, table } from './markdown.ts';
import type { Summary } from './summary.ts';

/** Without prices the CPUs that a slice holds stand for its cost. */
const unpriced: Market = { kind: 'local', vcpus: 4096, memoryMib: 64 * 1024 * 1024, usdPerVcpuHour: 0 };

/** What time and money went to besides results, and what to ask for instead; empty when there is nothing to say. */
export function wasteText(
  summary: Summary,
  classes: readonly ResourceClass[],
  marketOf: (queue: string) => Market = () => unpriced,
  memoryRaised: ReadonlySet<number> = new Set(),
): string {
  const advice = classes.flatMap((kind) => {
    const used = summary.usage.get(kind.class);
    // Who ran out of memory may have done so between two looks at what it used.
    const keepMemory = summary.shortOfMemory.has(kind.class) || memoryRaised.has(kind.class);
    const given =
      used === undefined ? undefined : adviceFor(used, kind.resources, marketOf(kind.queue), { keepMemory });
    return given === undefined ? [] : [{ class: kind.class, ...given }];
  });
  const lines = moneyLines(summary, advice);
  const { totalSeconds, wastedSeconds, retried } = summary;
  const share = percent(wastedSeconds / (totalSeconds + wastedSeconds));
  const sentences = [
    ...(wastedSeconds > 0
      ? [`Attempts that did not count took ${duration(wastedSeconds)}, ${share} of all program time.`]
      : []),
    ...(retried > 0 ? [`${plural(retried, 'combination')} needed more than one attempt.`] : []),
    ...advice.map((one) => `${classes.length > 1 ? `Class ${one.class}: ` : ''}${one.text}.`),
  ];
  if (lines.length === 0 && sentences.length === 0) return '';
  return blocks([
    lines.length === 0 ? undefined : table(['', 'Cost', 'Of all'], lines, [1, 2]),
    bullets(sentences),
  ]).trimEnd();
}

/** Only what costs at least a cent. The lines overlap: an oversized machine idles, too. */
function moneyLines(
  { bill, classUsd }: Summary,
  advice: readonly (Advice & { readonly class: number })[],
): string[][] {
  if (bill === undefined) return [];
  const oversize = advice.reduce((sum, one) => sum + (1 - one.share) * (classUsd.get(one.class) ?? 0), 0);
  const all: readonly (readonly [string, number])[] = [
    [`Retries: ${plural(bill.lost, 'attempt')} that did not end well`, bill.retriesUsd],
    ['Idle: no program ran (start, transfers, waiting)', bill.idleUsd],
    ['Oversize: more asked for than used', oversize],
  ];
  return all
    .filter(([, usd]) => usd >= 0.005)
    .map(([what, usd]) => [what, money(usd), percent(usd / bill.totalUsd)]);
}
