import { beforeEach, describe, expect, test } from 'vitest';
import type { JobHandle } from '../../src/engine/engine.ts';
import { attemptsOf, forgotten } from '../../src/run/attempts.ts';
import type { ArrayAt } from '../../src/run/observe.ts';
import { MemoryStore } from './memory-store.ts';
import { ScriptedEngine } from './scripted-engine.ts';

const run = 'demo-0123456789ab';
const handle: JobHandle = { jobId: 'job-1', queue: 'q', size: 10 };
// Of an array's place only these two numbers are read.
const at = { round: { round: 0 }, array: { array: 0 } } as ArrayAt;

let store: MemoryStore;
beforeEach(() => {
  store = new MemoryStore();
});

/** An engine that says of every child that its only attempt ended with this code. */
function engineOf(exitCode: number) {
  const engine = new ScriptedEngine();
  const children = Array.from({ length: 10 }, (_, child) => [child, [{ attempt: 1, exitCode }]] as const);
  engine.known.set('job-1', new Map(children));
  return engine;
}

const codes = async (engine: ScriptedEngine, children: readonly number[]) => {
  const told = await attemptsOf({ store, engine }, run, at, handle, children);
  return children.map((child) => {
    const attempts = told.get(child);
    return attempts === forgotten ? forgotten : attempts?.[0]?.exitCode;
  });
};

describe('what the engine knows of attempts', () => {
  test('is asked once', async () => {
    const engine = engineOf(1);
    expect(await codes(engine, [3, 4])).toEqual([1, 1]);
    expect(await codes(engineOf(2), [3, 4])).toEqual([1, 1]);
    expect(engine.calls).toEqual(['attempts job-1 3 4']);
  });

  test('is asked of the children that nobody asked about yet', async () => {
    await codes(engineOf(1), [3]);
    const engine = engineOf(2);
    expect(await codes(engine, [3, 5])).toEqual([1, 2]);
    expect(engine.calls).toEqual(['attempts job-1 5']);
  });

  test('is the first word of two that ask at once', async () => {
    const [one, other] = await Promise.all([codes(engineOf(1), [1, 2]), codes(engineOf(2), [2, 3])]);
    const later = await codes(engineOf(3), [1, 2, 3]);
    expect([one[0], one[1], other[1]]).toEqual(later);
    expect(other[0]).toBe(later[1]);
  });

  test('is kept also where it is nothing', async () => {
    await attemptsOf({ store, engine: new ScriptedEngine() }, run, at, handle, [7]);
    expect(await codes(engineOf(1), [7])).toEqual([forgotten]);
  });

  test('of nobody is asked of nobody', async () => {
    const engine = engineOf(1);
    expect(await codes(engine, [])).toEqual([]);
    expect(engine.calls).toEqual([]);
  });
});
