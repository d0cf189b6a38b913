import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Metric } from '../../src/engine/metrics.ts';
import { RemoteError } from '../../src/errors.ts';
import { metricsOf } from '../../src/run/metrics.ts';
import { watch, watchAll } from '../../src/run/watch.ts';
import { MemoryForge } from './memory-forge.ts';
import { openScene, type Scene, writeRun } from './scene.ts';

const run = (grid: string, combinations: number, succeeded: number, failed: number) => ({
  ...{ grid, combinations, done: { succeeded, failed }, money: { meteredUsd: 2, exactUsd: null } },
});
const valueIn = (metrics: readonly Metric[], name: string, dimensions: Readonly<Record<string, string>>) =>
  metrics.find((one) => one.name === name && JSON.stringify(one.dimensions) === JSON.stringify(dimensions))
    ?.value;

describe('the numbers of a step', () => {
  test('are combinations by grid and state', () => {
    const metrics = metricsOf([run('demo', 10, 4, 1)]);
    const states = ['succeeded', 'failed', 'open'];
    expect(states.map((state) => valueIn(metrics, 'Combinations', { grid: 'demo', state }))).toEqual([
      4, 1, 5,
    ]);
  });

  test('add up the runs of a grid, and keep grids apart', () => {
    const metrics = metricsOf([run('a', 10, 4, 1), run('a', 5, 1, 0), run('b', 3, 3, 0)]);
    expect(valueIn(metrics, 'Combinations', { grid: 'a', state: 'open' })).toBe(9);
    expect(valueIn(metrics, 'SpendUSD', { grid: 'a' })).toBe(4);
    expect(valueIn(metrics, 'SpendUSD', { grid: 'b' })).toBe(2);
  });

  test('prefer the exact cost to the metered one', () => {
    const exact = { ...run('a', 1, 1, 0), money: { meteredUsd: 2, exactUsd: 0.5 } };
    expect(valueIn(metricsOf([exact]), 'SpendUSD', { grid: 'a' })).toBe(0.5);
  });
});

describe('a watch', () => {
  let folder: string;
  let scene: Scene;
  const sent: (readonly Metric[])[] = [];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muster-'));
    scene = await openScene(folder, new MemoryForge());
    sent.length = 0;
    for (const name of ['one', 'two']) {
      await writeRun(scene, { combinations: 3, name });
      await watch(scene.deps, scene.run);
    }
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const runs = ['one-0123456789ab', 'two-0123456789ab'];
  async function look(deps: Scene['deps']) {
    const looked = [];
    for await (const one of watchAll(deps, runs)) looked.push(one);
    return looked;
  }

  test('sends the numbers of all its runs in one call', async () => {
    await look({ ...scene.deps, metrics: { put: async (metrics) => void sent.push(metrics) } });
    expect(sent).toHaveLength(1);
    expect(valueIn(sent[0] ?? [], 'Combinations', { grid: 'two', state: 'open' })).toBe(3);
    expect(valueIn(sent[0] ?? [], 'Combinations', { grid: 'one', state: 'open' })).toBe(3);
  });

  test('is not stopped by numbers that cannot be sent', async () => {
    const put = async () => {
      throw new RemoteError({ service: 'CloudWatch', operation: 'PutMetricData' }, 'not allowed');
    };
    const looked = await look({ ...scene.deps, metrics: { put } });
    expect(looked.map((one) => 'fault' in one)).toEqual([false, false]);
    expect(scene.log.at(-1)).toMatchObject({ kind: 'left-out', why: expect.stringContaining('not allowed') });
  });

  test('leaves out runs it could not look at', async () => {
    const metrics = { put: async (metrics: readonly Metric[]) => void sent.push(metrics) };
    scene.engine.observe = async () => {
      throw new RemoteError({ service: 'Batch', operation: 'DescribeJobs' }, 'no answer');
    };
    await look({ ...scene.deps, metrics });
    expect(sent).toEqual([]);
  });
});
