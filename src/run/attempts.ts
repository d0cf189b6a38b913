import type { EngineAttempt, JobHandle } from '../engine/engine.ts';
import { attemptsKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { putLines, readLines } from './lines.ts';
import type { ArrayAt } from './observe.ts';
import { type ChildAttemptsRecord, childAttemptsSchema } from './records.ts';

/** Of a child that the engine has no word on. */
export const forgotten = 'forgotten';

export type KnownAttempts = readonly EngineAttempt[] | typeof forgotten;

/**
 * What the engine knows of the attempts of these children, by child. Asked once and kept: Batch forgets after 7 days
 * (AB 2.3), and two publications of the same fragments must come to the same cost.
 */
export async function attemptsOf(
  deps: Pick<RunDeps, 'store' | 'engine'>,
  run: string,
  { round, array }: ArrayAt,
  handle: JobHandle,
  children: readonly number[],
): Promise<ReadonlyMap<number, KnownAttempts>> {
  if (children.length === 0) return new Map();
  const key = attemptsKey(run, round.round, array.array);
  let asked: readonly ChildAttemptsRecord[] = [];
  for (;;) {
    const kept = await readLines(deps.store, key, childAttemptsSchema);
    const known = new Map<number, KnownAttempts>(
      kept.lines.map((line) => [line.child, line.forgotten ? forgotten : line.attempts]),
    );
    const unknown = children.filter((child) => !known.has(child));
    if (unknown.length === 0) return known;
    if (asked.length === 0) asked = await ask(deps, handle, unknown);
    // The first word stands: what somebody else recorded meanwhile is not written again.
    const lines = [...kept.lines, ...asked.filter(({ child }) => !known.has(child))];
    await putLines(deps.store, key, { lines, version: kept.version });
  }
}

async function ask(
  { engine }: Pick<RunDeps, 'engine'>,
  handle: JobHandle,
  children: readonly number[],
): Promise<readonly ChildAttemptsRecord[]> {
  const told = await engine.attempts(handle, children);
  return children.map((child) => {
    const attempts = told.get(child);
    return attempts ? { child, attempts: [...attempts] } : { child, attempts: [], forgotten: true };
  });
}
