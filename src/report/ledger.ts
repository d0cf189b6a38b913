import type { Estimate } from '../plan/plan.ts';
import { billText } from './bill-text.ts';
import { digest } from './compare.ts';
import { code, prose, words } from './escape.ts';
import { count, duration, hourRange, moment, money, moneyRange, size } from './format.ts';
import { blocks, bullets, table } from './markdown.ts';
import type { Summary } from './summary.ts';

/** Who and what made these results. */
export interface Provenance {
  readonly repository: string;
  readonly commit: string | null;
  readonly actor: string;
  readonly engine: string;
  /** Of Muster. */
  readonly version: string;
  readonly source: { readonly path: string; readonly sha256: string };
  /** `identity` is the content, `reference` where it can be pulled. */
  readonly images: readonly {
    readonly name: string;
    readonly identity: string;
    readonly reference?: string;
  }[];
  /** URL of the run in the store. */
  readonly store: string;
  readonly rounds: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
}

export interface Ledger {
  readonly summary: Summary;
  readonly estimate: Pick<Estimate, 'usd' | 'hours' | 'ceilingUsd'>;
  readonly budgetUsd: number | null;
  readonly provenance: Pick<Provenance, 'startedAt' | 'endedAt'>;
  /** What the prices are, a sentence each. */
  readonly prices?: readonly string[];
}

/** Estimate against what it came to. */
export function actualText({ summary, estimate, budgetUsd, provenance, prices = [] }: Ledger): string {
  const wall = (Date.parse(provenance.endedAt) - Date.parse(provenance.startedAt)) / 1000;
  const { usd, hours, ceilingUsd } = estimate;
  const unknown = 'not known';
  const limit = budgetUsd === null ? 'none' : money(budgetUsd);
  const cost = summary.costUsd === null ? unknown : money(summary.costUsd);
  const unpriced =
    summary.unpriced > 0 && summary.costUsd !== null ? ` (${count(summary.unpriced)} without a price)` : '';
  const rows = [
    ['Cost', usd === null ? unknown : moneyRange(usd), `${cost}${unpriced}`],
    ['Budget', '', limit],
    ['Ceiling, had nobody watched', money(ceilingUsd), ''],
    [
      'From start to end',
      hours === null ? unknown : hourRange(hours),
      Number.isNaN(wall) ? unknown : duration(wall),
    ],
    ['Program time', '', duration(summary.totalSeconds)],
    ...spreadRow(summary),
    ...peakRow(summary),
    ['Outputs', '', `${count(summary.outputs.files)} files, ${size(summary.outputs.bytes)}`],
  ];
  const notes = bullets([...billText(summary.bill), ...prices.map((line) => prose(line, 600))]);
  return blocks([table(['', 'Estimated', 'Actual'], rows, [1, 2]), notes]).trimEnd();
}

function spreadRow({ seconds }: Summary): string[][] {
  if (seconds === undefined) return [];
  const range = `${duration(seconds.min)} to ${duration(seconds.max)}, median ${duration(seconds.median)}`;
  return [['Per combination', '', range]];
}

function peakRow({ peakMemory }: Summary): string[][] {
  if (peakMemory === undefined) return [];
  return [['Peak memory', '', `${size(peakMemory.bytes)} (${code(peakMemory.label, 100)})`]];
}

/** Enough to run it again elsewhere. */
export function provenanceText(from: Provenance, summary: Summary): string {
  const named = (names: Iterable<string>) => [...names].map((name) => code(name, 80)).join(', ');
  const workers = named(summary.versions.workers.keys());
  const rows = [
    ['Run', code(summary.run)],
    ['Grid', `${code(from.source.path)}, SHA-256 ${code(digest(from.source.sha256))}`],
    [
      'Repository',
      `${words(from.repository)}${from.commit === null ? ', not committed' : ` at ${code(from.commit)}`}`,
    ],
    ['Started by', words(from.actor, 80)],
    ...from.images.map(({ name, identity, reference }) => [
      'Image',
      `${code(name)}, content ${code(digest(identity))}${reference === undefined ? '' : `, ${code(reference, 300)}`}`,
    ]),
    [
      'Engine',
      `${words(from.engine, 80)}, ${count(summary.hosts.length)} ${summary.hosts.length === 1 ? 'host' : 'hosts'}`,
    ],
    ['Muster', `${code(from.version)}${workers === '' ? '' : `, worker ${workers}`}`],
    ['Rounds', count(from.rounds)],
    ['Time', `${moment(from.startedAt)} to ${moment(from.endedAt)}`],
    ...[...summary.reused].map(([run, times]) => ['Reused', `${count(times)} from ${code(run)}`]),
    ['Store', code(from.store, 400)],
  ];
  return table(['', ''], rows);
}
