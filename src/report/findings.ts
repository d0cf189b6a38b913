import { commonValue } from './common-value.ts';
import { code } from './escape.ts';
import { count, number, plural } from './format.ts';
import { table } from './markdown.ts';
import type { ResultSummary } from './result-summary.ts';
import type { Summary } from './summary.ts';

/** What a reviewer should know of the numbers, a Markdown sentence each. */
export function findings(summary: Summary): string[] {
  const shared = commonValue(summary);
  return [
    ...(shared === undefined ? [] : [`Everything that failed or is missing has ${code(shared)}.`]),
    ...summary.effects.filter(({ none }) => none).map(({ axes, compared }) => withoutEffect(axes, compared)),
    ...summary.results.flatMap(constant),
    ...summary.results.flatMap(incomplete),
    ...summary.results.flatMap(outliers),
    ...mixedVersions(summary),
  ];
}

function withoutEffect(axes: readonly string[], compared: number): string {
  const names = axes.map((name) => code(name)).join(', ');
  const [who, verb] = axes.length === 1 ? ['Axis', 'changes'] : ['Axes that go together,', 'change'];
  const proof = `${plural(compared, 'comparison')} of combinations that differ in nothing else`;
  return `${who} ${names} ${verb} no result (${proof}). Does the program read it?`;
}

function constant({ name, spread, varies, texts }: ResultSummary): string[] {
  if (varies || (spread?.count ?? 0) + sum(texts.values()) < 2) return [];
  const value = spread === undefined ? code([...texts.keys()].join()) : number(spread.median);
  return [`Result ${code(name)} is the same in every combination: ${value}.`];
}

function incomplete({ name, absent }: ResultSummary): string[] {
  return absent === 0
    ? []
    : [`Result ${code(name)} is absent in ${plural(absent, 'combination')} that succeeded.`];
}

function outliers({ name, spread, outliers: found }: ResultSummary): string[] {
  if (found.count === 0 || spread === undefined) return [];
  const shown = found.farthest
    .slice(0, 3)
    .map(({ label, value }) => `${code(label, 100)} (${number(value)})`);
  const far = `${plural(found.count, 'outlier')} against a median of ${number(spread.median)}`;
  return [`Result ${code(name)} has ${far}: ${shown.join(', ')}${found.count > shown.length ? ', …' : ''}.`];
}

function mixedVersions({ versions }: Summary): string[] {
  return (['images', 'workers'] as const).flatMap((kind) => {
    if (versions[kind].size < 2) return [];
    const list = [...versions[kind]].map(([name, times]) => `${code(name, 80)} (${count(times)})`);
    return [`Results come from ${versions[kind].size} ${kind}: ${list.join(', ')}.`];
  });
}

/** Minimum, median and maximum of each result; empty without results. */
export function numbersTable(summary: Summary): string {
  const rows = summary.results.map(({ name, spread, texts, outliers: { count: far } }) => {
    if (spread === undefined) return [code(name), '0', textCounts(texts), '', '', ''];
    return [
      code(name),
      count(spread.count),
      number(spread.min),
      number(spread.median),
      number(spread.max),
      count(far),
    ];
  });
  if (rows.length === 0) return '';
  return table(['Result', 'Numbers', 'Minimum', 'Median', 'Maximum', 'Outliers'], rows, [1, 2, 3, 4, 5]);
}

function textCounts(texts: ReadonlyMap<string, number>): string {
  const shown = [...texts].slice(0, 3).map(([text, times]) => `${code(text, 40)} (${count(times)})`);
  return `${shown.join(', ')}${texts.size > 3 ? ', …' : ''}`;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
