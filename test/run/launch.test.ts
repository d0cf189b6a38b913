import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RemoteError } from '../../src/errors.ts';
import type { Outcome } from '../../src/results/outcome.ts';
import { readOutcomes } from '../../src/results/read-merged.ts';
import { likelyOf } from '../../src/run/allowance.ts';
import { publish } from '../../src/run/publish.ts';
import { readPublished, readState } from '../../src/run/runs.ts';
import { programFileKey, publishedKey } from '../../src/store/keys.ts';
import { absent, type Store } from '../../src/store/store.ts';
import { Faults, Killed } from './faults.ts';
import { finishRun, putOutput } from './finish-run.ts';
import { GridPlace, smallGrid, writeSmall } from './grid-place.ts';

const grid = 'grids/small.yaml';
const repository = fileURLToPath(new URL('../../', import.meta.url));

let place: GridPlace;
beforeEach(() => {
  place = new GridPlace();
  writeSmall(place);
});
afterEach(() => place[Symbol.dispose]());

const runOf = async (options = {}) => (await place.prepare(grid, options)).prepared.run;
const launched = async (...given: Parameters<GridPlace['launch']>) => {
  const outcome = await place.launch(...given);
  if (outcome.outcome === 'refused') throw new Error(outcome.why);
  return outcome.run;
};
const outcomes = async (run: string) => {
  const sha256 = (await readPublished(place.scene.deps, run))?.sha256 ?? '';
  const all: Outcome[] = [];
  for await (const outcome of readOutcomes(place.scene.store, { run, sha256 })) all.push(outcome);
  return all;
};
async function contents(store: Store): Promise<Readonly<Record<string, string>>> {
  const all: Record<string, string> = {};
  for await (const { key } of store.list('')) {
    all[key] = new TextDecoder().decode((await store.get(key))?.bytes);
  }
  return all;
}

describe('the name of a run', () => {
  test.each([
    'description: other words',
    'budget: { usd: 7 }',
    'retry: { attempts: 9 }',
    'launch: { pilot: 2 }',
  ])('stays with %s', async (more) => {
    const before = await runOf();
    place.write(grid, smallGrid({ more }));
    expect(await runOf()).toBe(before);
  });

  test.each([
    ['a parameter', () => place.write(grid, smallGrid().replace('[1, 2, 3]', '[1, 2, 4]'))],
    ['a program file', () => place.write('grids/checks/check.sh', 'exit 1\n')],
    ['the image', () => place.write('docker/tool/Dockerfile', 'FROM other\n')],
  ])('changes with %s', async (_what, change) => {
    const before = await runOf();
    change();
    expect(await runOf()).not.toBe(before);
  });

  test('of a trial is its own, and a trial of everything is the run itself', async () => {
    const names = [await runOf(), await runOf({ limit: 2 }), await runOf({ select: 'x == 3' })];
    expect(new Set(names).size).toBe(3);
    expect(await runOf({ limit: 6 })).toBe(names[0]);
  });
});

describe('launching', () => {
  test('keeps every combination and every program file with the run', async () => {
    const { run, combinations, images } = await launched(grid);
    const all = await contents(place.scene.store);
    const lines = all[`runs/${run}/combinations/00000.jsonl`]?.trimEnd().split('\n') ?? [];
    expect(lines).toHaveLength(6);
    expect(JSON.parse(lines[5] ?? '')).toMatchObject({ index: 5, label: 'x=3_y=20' });
    expect(combinations).toBe(6);
    expect(all[programFileKey(run, 'grids/checks/check.sh')]).toBe('exit 0\n');
    expect(images.tool?.identity).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a second time goes on with the run that is there', async () => {
    const run = await launched(grid);
    expect(await place.launch(grid)).toEqual({ outcome: 'exists', run });
  });

  test('of a second run of a grid waits for the first, unless it goes alongside', async () => {
    const first = await launched(grid);
    place.write(grid, smallGrid().replace('[1, 2, 3]', '[4, 5]'));
    expect(await place.launch(grid)).toMatchObject({
      ...{ outcome: 'refused', why: expect.stringContaining(first.run) },
    });
    expect(await place.launch(grid, { alongside: true })).toMatchObject({ outcome: 'launched' });
  });

  test('of a run that is too dear writes nothing', async () => {
    place.write(grid, smallGrid({ more: 'budget: { usd: 0.01 }' }));
    expect(await place.launch(grid)).toMatchObject({ outcome: 'refused' });
    expect(await contents(place.scene.store)).toEqual({});
  });

  test('of a run that the month has no room for beside what the last was promised writes no run', async () => {
    const { estimate } = await launched(grid);
    const settings = { money: { monthUsd: 1.5 * likelyOf(estimate) }, watchSeconds: 600 };
    const deps = { ...place.scene.deps, settings };
    const other = async (name: string) => {
      place.write(`grids/${name}.yaml`, smallGrid({ name }));
      return place.launch(`grids/${name}.yaml`, {}, { deps });
    };
    expect(await other('one')).toMatchObject({ outcome: 'launched' });
    expect(await other('two')).toMatchObject({
      outcome: 'refused',
      why: expect.stringContaining('month_usd'),
    });
    expect(Object.keys(await contents(place.scene.store)).some((key) => key.includes('two-'))).toBe(false);
  });

  test.each([
    ['the run is written', 2, true],
    ['its state is written', 5, false],
  ])('that the store refuses before %s says what that leaves', async (_when, at, isVoid) => {
    const settings = { money: { monthUsd: 100 }, watchSeconds: 600 };
    const deps = new Faults('refused', at).wrap({ ...place.scene.deps, settings });
    const error: unknown = await place.launch(grid, {}, { deps }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RemoteError);
    const told = String(error);
    expect(told).toContain('Nothing was submitted. Once that is mended, the same command goes on');
    expect(told.includes('`money.month_usd` is free again in 60 minutes')).toBe(isVoid);
    expect(place.scene.engine.jobs.size).toBe(0);
    expect(await place.launch(grid)).toMatchObject({ outcome: isVoid ? 'launched' : 'exists' });
  });

  test('killed anywhere leaves what the next launch completes', async () => {
    const told = async (at: number) => {
      using other = new GridPlace();
      writeSmall(other);
      const faults = new Faults('killed', at);
      const first = other.launch(grid, {}, { deps: faults.wrap(other.scene.deps) });
      await first.catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      await other.launch(grid);
      return { calls: faults.calls, contents: await contents(other.scene.store) };
    };
    const undisturbed = await told(0);
    expect(undisturbed.calls).toBeGreaterThan(4);
    for (let at = 1; at <= undisturbed.calls; at++) {
      expect((await told(at)).contents, `call ${at}`).toEqual(undisturbed.contents);
    }
  });
});

describe('what was published', () => {
  test('by a trial is not executed again by the whole grid, and told with its source', async () => {
    const trial = await launched(grid, { select: 'x == 1' });
    await finishRun(place.scene, trial.run);
    expect(await readPublished(place.scene.deps, trial.run)).toMatchObject({ combinations: 2, succeeded: 2 });

    const whole = await launched(grid);
    expect(whole).toMatchObject({ reused: { combinations: 2 }, settled: [[0, 2]] });
    await finishRun(place.scene, whole.run);
    const all = await outcomes(whole.run);
    expect(all.map(({ state }) => state)).toEqual(Array(6).fill('succeeded'));
    const sources = all.map(({ source }) => source?.run);
    expect(sources).toEqual([trial.run, trial.run, whole.run, whole.run, whole.run, whole.run]);
    expect(all[0]?.outputs[0]?.key).toContain(trial.run);
  });

  test.each([
    ['deleted', async (_key: string) => {}],
    [
      'replaced',
      async (key: string) => void (await putOutput(place.scene, key, 'OUTPUT OF 0123456789abcdef\n')),
    ],
  ])('is executed again when its output was %s', async (_what, then) => {
    const trial = await launched(grid, { limit: 2 });
    await finishRun(place.scene, trial.run);
    const key = (await outcomes(trial.run))[1]?.outputs[0]?.key ?? '';
    const stat = await place.scene.store.stat(key);
    await place.scene.store.delete(key, stat?.version ?? '');
    await then(key);
    expect(await launched(grid)).toMatchObject({ reused: { combinations: 1 }, settled: [[0, 1]] });
  });

  test('is marked as long as nobody has merged its review', async () => {
    const trial = await launched(grid, { limit: 2 });
    await finishRun(place.scene, trial.run);
    const reviewed = async () => {
      const { reuse } = (await place.prepare(grid)).prepared.plan;
      return reuse.known ? reuse.runs.map((run) => run.reviewed) : [];
    };
    expect(await reviewed()).toEqual([false]);
    place.forge.merge((await place.forge.findReview(`muster/${trial.run}`))?.number ?? 0);
    expect(await reviewed()).toEqual([true]);
  });

  test('with other bytes in an input of the repository is other work', async () => {
    const withInput = (name: string) =>
      smallGrid({ name }).replace('  outputs:', '  inputs: [{ from: data/, to: in/ }]\n  outputs:');
    place.write('grids/small.yaml', withInput('small'));
    place.write('grids/data/start.txt', 'one');
    await finishRun(place.scene, (await launched(grid)).run);
    place.write('grids/more.yaml', withInput('more'));
    expect((await place.prepare('grids/more.yaml')).prepared.reused).toHaveLength(6);
    place.write('grids/data/start.txt', 'two');
    expect((await place.prepare('grids/more.yaml')).prepared.reused).toHaveLength(0);
  });

  test('of the sparse COMPAS grid leaves 1,400 of the full one, by id and by work', async () => {
    const sparse = await launched('grids/compas-sparse.yaml', {}, { root: repository });
    await finishRun(place.scene, sparse.run);
    const { loaded, prepared } = await place.prepare('grids/compas-full.yaml', {}, repository);
    const ids = new Map([...loaded.combinations()].map(({ index, id }) => [index, id]));
    const sparseIds = (await outcomes(sparse.run)).map(({ combination }) => combination.id);
    expect(prepared.reused.map(({ index }) => ids.get(index)).sort()).toEqual(sparseIds.sort());
    expect(prepared.plan.total - prepared.reused.length).toBe(1400);
  });
});

describe('publishing', () => {
  test('is the same bytes in whatever order the fragments came', async () => {
    const shas = new Set<string | undefined>();
    for (const order of [(all: readonly number[]) => all, (all: readonly number[]) => all.toReversed()]) {
      using other = new GridPlace();
      writeSmall(other);
      const outcome = await other.launch(grid);
      if (outcome.outcome === 'refused') throw new Error(outcome.why);
      await finishRun(other.scene, outcome.run.run, order);
      shas.add((await readPublished(other.scene.deps, outcome.run.run))?.sha256);
    }
    expect(shas.size).toBe(1);
    expect([...shas][0]).toMatch(/^[0-9a-f]{64}$/);
  });

  test('by name of what is published changes nothing', async () => {
    const { run } = await launched(grid);
    await finishRun(place.scene, run);
    const before = await readState(place.scene.deps, run);
    expect(await publish(place.scene.deps, run)).toMatchObject({ outcome: 'published' });
    expect(await readState(place.scene.deps, run)).toEqual(before);
  });
});

describe('measured times', () => {
  test('replace what a grid of the same program and values expects', async () => {
    const { run } = await launched(grid);
    await finishRun(place.scene, run);
    const { plan } = (await place.prepare(grid)).prepared;
    expect(plan.estimate.assumptions[0]).toMatch(/^Your `expected` of 600 s is not used\. /);
    expect(plan.estimate.assumptions[0]).toContain(run);
  });

  test('of other values shorten no more than the low end of an estimate', async () => {
    const { run } = await launched(grid);
    await finishRun(place.scene, run);
    place.write(grid, smallGrid().replace('[1, 2, 3]', '[4, 5, 6]'));
    const { plan } = (await place.prepare(grid)).prepared;
    expect(plan.estimate.assumptions[0]).toContain(run);
    // 36 s where the grid expects 10 min.
    expect(plan.estimate.usd?.low).toBeLessThan((6 * 120 * 0.05) / 3600);
    expect(plan.estimate.usd?.high).toBeCloseTo((6 * 600 * 0.05) / 3600, 9);
  });
});

test('a plan is held to the lower one of the budgets of its grid and its place, and says which', async () => {
  const { settings } = place.scene.deps;
  const own = (await place.prepare(grid)).prepared.plan;
  expect(own.budgetIsOf).toBeUndefined();
  Object.assign(settings.money, { runUsd: 0.001 });
  const { plan } = (await place.prepare(grid)).prepared;
  expect(plan).toMatchObject({ budgetUsd: 0.001, budgetIsOf: 'place' });
  const refused = await place.launch(grid);
  expect(refused).toMatchObject({ outcome: 'refused', fix: expect.stringContaining('`money.run_usd`') });
});

describe('a publication that another version wrote', () => {
  test('is told of and left out: it stops no plan', async () => {
    const key = publishedKey('old-0123456789ab');
    await place.scene.store.put(key, '{"run":"old-0123456789ab"}', absent);
    const { prepared } = await place.prepare(grid);
    expect(prepared.plan.combinations).toBe(6);
    expect(place.scene.log).toMatchObject([{ kind: 'left-out', why: expect.stringContaining(key) }]);
  });
});
