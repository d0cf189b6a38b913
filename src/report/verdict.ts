import { shorten } from './escape.ts';
import { count, money } from './format.ts';
import type { Summary } from './summary.ts';

export interface Stopped {
  readonly by: string;
  readonly why: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface VerdictContext {
  readonly budgetUsd: number | null;
  /** Why the run ended early; null when it did not. */
  readonly stopped: Stopped | null;
}

/** What a verdict needs of a summary. */
export type Counted = Pick<
  Summary,
  'combinations' | 'states' | 'failures' | 'costUsd' | 'versions' | 'reused'
>;

/** The run in one line, also as commit status: plain text, at most 140 characters. */
export function verdict(summary: Counted, { budgetUsd, stopped }: VerdictContext): string {
  const { succeeded, failed, missing } = summary.states;
  const reused = [...summary.reused.values()].reduce((sum, more) => sum + more, 0);
  const versions = summary.versions.images.size;
  const spent = summary.costUsd === null ? undefined : dollars(summary.costUsd);
  const parts = [
    `${count(succeeded)} of ${count(summary.combinations)} verified`,
    failed > 0 ? `${count(failed)} failed (${failureKinds(summary)})` : undefined,
    missing > 0 ? `${count(missing)} missing` : undefined,
    stopped === null ? undefined : 'stopped early',
    reused > 0 ? `${count(reused)} reused` : undefined,
    spent !== undefined && budgetUsd !== null ? `${spent} of ${dollars(budgetUsd)}` : spent,
    versions === 0 ? undefined : versions === 1 ? 'one version' : `${count(versions)} versions`,
  ];
  return shorten(parts.filter((part) => part !== undefined).join('; '), 140);
}

/** `memory 3, timeout` with counts only where there are several kinds. */
function failureKinds({ failures }: Counted): string {
  const kinds = new Map<string, number>();
  for (const group of failures) kinds.set(group.class, (kinds.get(group.class) ?? 0) + group.count);
  const sorted = [...kinds].sort(([, a], [, b]) => b - a);
  if (sorted.length === 1) return sorted.map(([kind]) => kind).join();
  const shown = sorted.slice(0, 3).map(([kind, times]) => `${kind} ${count(times)}`);
  return [...shown, ...(sorted.length > 3 ? ['others'] : [])].join(', ');
}

/** Of ten dollars and more nobody counts the cents in a headline. */
export function dollars(usd: number): string {
  return usd >= 10 ? `$${count(usd)}` : money(usd).replace(/\.00$/, '');
}
