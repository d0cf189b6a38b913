import { code } from './escape.ts';
import { count, duration, money, number, plural } from './format.ts';
import type { RunFacts } from './run-facts.ts';

/** What differs between two runs of a grid, a Markdown sentence each; empty when nothing does. */
export function compareRuns(previous: RunFacts, current: RunFacts): string[] {
  return [
    ...compareGrids(previous, current),
    ...countChanges(previous, current),
    ...resultChanges(previous, current),
    ...costChanges(previous, current),
  ];
}

/** What is known before anything has run. */
export type GridFacts = Pick<RunFacts, 'axes' | 'command' | 'images'>;

/** What differs in what two runs of a grid compute, a Markdown sentence each. */
export function compareGrids(previous: GridFacts, current: GridFacts): string[] {
  return [
    ...axisChanges(previous, current),
    ...commandChanges(previous.command, current.command),
    ...imageChanges(previous.images, current.images),
  ];
}

function axisChanges(previous: GridFacts, current: GridFacts): string[] {
  const before = new Map(previous.axes.map((axis) => [axis.name, axis]));
  const now = new Map(current.axes.map((axis) => [axis.name, axis]));
  const gone = previous.axes.filter(({ name }) => !now.has(name));
  return [
    ...current.axes.flatMap((axis) => {
      const old = before.get(axis.name);
      if (old === undefined) return [`Axis ${code(axis.name)} is new (${plural(axis.count, 'value')}).`];
      return valueChanges(old, axis);
    }),
    ...gone.map(({ name }) => `Axis ${code(name)} is gone.`),
  ];
}

function valueChanges(old: RunFacts['axes'][number], axis: RunFacts['axes'][number]): string[] {
  const added = axis.values.filter((value) => !old.values.includes(value));
  const removed = old.values.filter((value) => !axis.values.includes(value));
  if (added.length === 0 && removed.length === 0 && old.count === axis.count) return [];
  const parts = [
    ...(added.length > 0 ? [`added ${some(added)}`] : []),
    ...(removed.length > 0 ? [`removed ${some(removed)}`] : []),
  ];
  const from = `${count(old.count)} to ${plural(axis.count, 'value')}`;
  return [`Axis ${code(axis.name)}: ${from}${parts.length === 0 ? '' : `, ${parts.join(', ')}`}.`];
}

function some(values: readonly string[]): string {
  const shown = values.slice(0, 5).map((value) => code(value, 40));
  return `${shown.join(', ')}${values.length > 5 ? ` and ${plural(values.length - 5, 'other')}` : ''}`;
}

function commandChanges(before: readonly string[], now: readonly string[]): string[] {
  if (before.length === now.length && before.every((part, at) => part === now[at])) return [];
  const removed = before.filter((part) => !now.includes(part));
  const added = now.filter((part) => !before.includes(part));
  if (removed.length === 0 && added.length === 0)
    return ['The command has the same words in another order or number.'];
  return [
    `The command changed: ${[
      ...(removed.length > 0 ? [`without ${some(removed)}`] : []),
      ...(added.length > 0 ? [`with ${some(added)}`] : []),
    ].join(', ')}.`,
  ];
}

function imageChanges(before: RunFacts['images'], now: RunFacts['images']): string[] {
  return Object.entries(now).flatMap(([name, identity]) => {
    const old = before[name];
    if (old === identity) return [];
    if (old === undefined) return [`Image ${code(name)} is new (${code(digest(identity))}).`];
    return [`Image ${code(name)} changed from ${code(digest(old))} to ${code(digest(identity))}.`];
  });
}

/** Enough of a digest to tell two apart. */
export function digest(identity: string): string {
  return identity.replace(/\b([0-9a-f]{12})[0-9a-f]{20,}\b/g, '$1');
}

function countChanges(previous: RunFacts, current: RunFacts): string[] {
  const state = (facts: RunFacts) =>
    `${count(facts.succeeded)} of ${count(facts.combinations)} verified, ${count(facts.failed)} failed, ${count(facts.missing)} missing`;
  return state(previous) === state(current) ? [] : [`Before: ${state(previous)}. Now: ${state(current)}.`];
}

function resultChanges(previous: RunFacts, current: RunFacts): string[] {
  const before = new Map(previous.results.map((result) => [result.name, result]));
  const range = (of: RunFacts['results'][number]) =>
    `median ${number(of.median)} (${number(of.min)} to ${number(of.max)})`;
  const now = new Set(current.results.map(({ name }) => name));
  return [
    ...current.results.flatMap((result) => {
      const old = before.get(result.name);
      if (old === undefined) return [`Result ${code(result.name)} is new: ${range(result)}.`];
      const same = old.min === result.min && old.median === result.median && old.max === result.max;
      return same ? [] : [`Result ${code(result.name)}: ${range(old)} became ${range(result)}.`];
    }),
    ...previous.results
      .filter(({ name }) => !now.has(name))
      .map(({ name }) => `Result ${code(name)} is gone.`),
  ];
}

function costChanges(previous: RunFacts, current: RunFacts): string[] {
  const cost = (facts: RunFacts) => (facts.costUsd === null ? 'no known cost' : money(facts.costUsd));
  const [before, now] = [secondsPerCombination(previous), secondsPerCombination(current)];
  return [
    ...(cost(previous) === cost(current) ? [] : [`Cost: ${cost(previous)} became ${cost(current)}.`]),
    ...(before === now || before === undefined || now === undefined
      ? []
      : [`Program time per combination: ${before} became ${now}.`]),
  ];
}

/** Of those that ran in this run: reused and missing ones took no time. */
function secondsPerCombination({
  programSeconds,
  measured,
  succeeded,
  failed,
}: RunFacts): string | undefined {
  const ran = measured ?? succeeded + failed;
  return ran === 0 ? undefined : duration(programSeconds / ran);
}
