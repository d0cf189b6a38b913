import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RemoteError } from '../../src/errors.ts';
import type { LoadedGrid } from '../../src/grid/grid.ts';
import { gridDigest, readDecisions, recordDecision } from '../../src/run/decisions.ts';
import type { Launched } from '../../src/run/launch.ts';
import { decisionOf, reconcile } from '../../src/run/reconcile.ts';
import { activeRuns } from '../../src/run/watch.ts';
import { GridPlace, writeSmall } from './grid-place.ts';

const onCommit = 'launch: { on: commit }';
let place: GridPlace;
let paths: string[];
beforeEach(() => {
  place = new GridPlace();
  paths = [];
});
afterEach(() => place[Symbol.dispose]());

const grid = (name: string, more: string) => {
  writeSmall(place, { name, more });
  if (!paths.includes(`grids/${name}.yaml`)) paths.push(`grids/${name}.yaml`);
};
const launchLoaded = (loaded: LoadedGrid): Promise<Launched> => place.launch(loaded.path);
const run = async (launch = launchLoaded) => {
  const decided = await reconcile(place.scene.deps, { root: place.root, commit: 'c1', paths, launch });
  return Object.fromEntries(decided.map(({ path, decision }) => [path.slice(6, -5), decision.outcome]));
};
const active = async () => {
  const runs: string[] = [];
  for await (const name of activeRuns(place.scene)) runs.push(name.slice(0, -13));
  return runs;
};
const decision = async (name: string) =>
  (await readDecisions(place.scene.deps))?.[`grids/${name}.yaml`]?.decision;

describe('reconciling the grids of a repository', () => {
  test('takes everything present as the baseline the first time, and spends nothing', async () => {
    grid('a', onCommit);
    grid('b', 'nonsense: true');
    expect(await run()).toEqual({ a: 'baseline', b: 'baseline' });
    expect(await run()).toEqual({ a: 'unchanged', b: 'unchanged' });
    expect(await active()).toEqual([]);
  });

  describe('of an adopted repository', () => {
    beforeEach(async () => {
      grid('a', onCommit);
      await run();
    });

    test('launches a new grid and a changed one, once', async () => {
      grid('a', `${onCommit}\nretry: { attempts: 5 }`);
      grid('b', onCommit);
      expect(await run()).toEqual({ a: 'launched', b: 'launched' });
      expect(await active()).toEqual(['a', 'b']);
      expect(await run()).toEqual({ a: 'unchanged', b: 'unchanged' });
    });

    test('launches a grid whose data file changed', async () => {
      place.write('grids/checks/check.sh', 'exit 1\n');
      expect(await run()).toEqual({ a: 'launched' });
    });

    test('leaves a grid to people that says so', async () => {
      grid('b', 'launch: { on: manual }');
      expect(await run()).toMatchObject({ b: 'manual' });
      expect(await active()).toEqual([]);
    });

    test('keeps why a grid was refused, and does not try it again until it changes', async () => {
      grid('b', `${onCommit}\nbudget: { usd: 0.01 }`);
      expect(await run()).toMatchObject({ b: 'refused' });
      expect(await decision('b')).toMatchObject({ why: expect.stringContaining('above the budget') });
      expect(await run()).toMatchObject({ b: 'unchanged' });
      grid('b', `${onCommit}\nbudget: { usd: 100 }`);
      expect(await run()).toMatchObject({ b: 'launched' });
    });

    test('refuses a grid that cannot be read, with its message, and goes on with the others', async () => {
      grid('b', 'nonsense: true');
      grid('c', onCommit);
      expect(await run()).toMatchObject({ b: 'refused', c: 'launched' });
      expect(await decision('b')).toMatchObject({
        why: expect.stringContaining('grids/b.yaml:14:1: unknown key'),
      });
    });

    test('looks again at an unreadable grid once its missing file is there', async () => {
      grid('b', onCommit);
      rmSync(join(place.root, 'grids/checks/check.sh'));
      expect(await run()).toMatchObject({ b: 'refused' });
      place.write('grids/checks/check.sh', 'exit 0\n');
      expect(await run()).toMatchObject({ b: 'launched' });
    });

    test('tries again after a fault that was no decision, and still does the others', async () => {
      grid('b', onCommit);
      grid('c', onCommit);
      const broken = (loaded: LoadedGrid): Promise<Launched> => {
        if (loaded.grid.name !== 'b') return launchLoaded(loaded);
        throw new RemoteError({ service: 'store', operation: 'put' }, 'away');
      };
      await expect(run(broken)).rejects.toThrow('away');
      expect(await active()).toEqual(['c']);
      expect(await run()).toMatchObject({ b: 'launched', c: 'unchanged' });
    });

    test('is safe twice at once', async () => {
      grid('b', onCommit);
      const both = await Promise.all([run(), run()]);
      for (const outcomes of both) expect(['launched', 'unchanged']).toContain(outcomes.b);
      expect(await active()).toEqual(['b']);
    });

    test('goes on where a death after the launch left it, with the same run', async () => {
      grid('b', onCommit);
      await place.launch('grids/b.yaml');
      expect(await run()).toMatchObject({ b: 'launched' });
      expect(await active()).toEqual(['b']);
    });

    test('does not launch again what was launched by name', async () => {
      grid('b', `${onCommit}\nbudget: { usd: 0.01 }`);
      await run();
      grid('b', onCommit);
      const { loaded } = await place.prepare('grids/b.yaml');
      const digest = gridDigest(place.root, loaded.path, loaded.data);
      const launched = decisionOf(await place.launch('grids/b.yaml'));
      await recordDecision(place.scene.deps, { path: loaded.path, digest, commit: null }, launched);
      expect(await run()).toMatchObject({ b: 'unchanged' });
    });
  });

  test('keeps no decision of a repository that was never adopted', async () => {
    const { deps } = place.scene;
    await recordDecision(deps, { path: 'grids/a.yaml', digest: 'd', commit: null }, { outcome: 'manual' });
    expect(await readDecisions(deps)).toBeUndefined();
  });
});
