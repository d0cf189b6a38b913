import type { Group, ResourceClass } from '../plan/plan.ts';
import * as ranges from '../plan/ranges.ts';
import { code, words } from './escape.ts';
import { count, duration, size } from './format.ts';
import { table } from './markdown.ts';

/** One round of a run as its reviewer sees it. */
export interface RoundDone {
  readonly round: number;
  readonly reason: 'launch' | 'pilot' | 'rest' | 'rerun';
  /** Why somebody asked for it; empty for the rounds of a launch. */
  readonly note: string;
  readonly actor: string;
  readonly classes: readonly ResourceClass[];
  readonly groups: readonly Group[];
  readonly attempts: number;
  /** On top of the grid's. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What ran in which round, why, and with what; empty where there was only one. */
export function roundsText(rounds: readonly RoundDone[]): string {
  const [first, ...others] = rounds;
  if (first === undefined || others.length === 0) return '';
  const rows = rounds.map((round) => [
    String(round.round),
    round.reason,
    count(round.groups.reduce((sum, { indexes }) => sum + ranges.size(indexes), 0)),
    words(round.note, 200),
    changes(first, round).join('; '),
    words(round.actor, 80),
  ]);
  return table(['Round', 'Kind', 'Combinations', 'Why', 'Changed', 'By'], rows, [0, 2]);
}

/** What a round asked for that the first one did not, of the classes it ran. */
function changes(first: RoundDone, round: RoundDone): readonly string[] {
  const ran = new Set(round.groups.map((group) => group.class));
  const found = new Set<string>();
  for (const now of round.classes) {
    const before = first.classes.find((one) => one.class === now.class);
    if (before !== undefined && ran.has(now.class)) for (const one of ofClass(before, now)) found.add(one);
  }
  if (round.attempts !== first.attempts) found.add(`attempts ${first.attempts} to ${round.attempts}`);
  for (const [name, value] of Object.entries(round.environment)) {
    if (first.environment[name] !== value) found.add(code(`${name}=${value}`, 120));
  }
  return [...found];
}

function ofClass(before: ResourceClass, now: ResourceClass): readonly string[] {
  const pairs = [
    ['memory', memory(before), memory(now)],
    ['vCPU', String(before.resources.vcpus), String(now.resources.vcpus)],
    ['timeout', duration(before.timeoutSeconds), duration(now.timeoutSeconds)],
    ['capacity', before.resources.capacity, now.resources.capacity],
    ['queue', words(before.queue, 60), words(now.queue, 60)],
  ] as const;
  return pairs
    .filter(([, old, fresh]) => old !== fresh)
    .map(([what, old, fresh]) => `${what} ${old} to ${fresh}`);
}

const memory = ({ resources }: ResourceClass) => size(resources.memoryMib * 1024 * 1024);

/** Classes that a later round gave more memory: what they were seen to use says nothing against that. */
export function memoryRaised(rounds: readonly RoundDone[]): ReadonlySet<number> {
  const [first, ...others] = rounds;
  const raised = others.flatMap(({ classes }) =>
    classes.filter(({ class: kind, resources }) => {
      const before = first?.classes.find((one) => one.class === kind);
      return before !== undefined && resources.memoryMib > before.resources.memoryMib;
    }),
  );
  return new Set(raised.map((one) => one.class));
}
