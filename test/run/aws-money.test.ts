import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadGrid } from '../../src/grid/load.ts';
import { identifyImage } from '../../src/image/identity.ts';
import { type SpotShare, shippedPrices } from '../../src/money/prices.ts';
import type { PlanEngine } from '../../src/plan/queues.ts';
import { launch } from '../../src/run/launch.ts';
import { prepare } from '../../src/run/prepare.ts';
import { publish } from '../../src/run/publish.ts';
import { readPublished, readState } from '../../src/run/runs.ts';
import { watch } from '../../src/run/watch.ts';
import { finishRun } from './finish-run.ts';
import { GridPlace, writeSmall } from './grid-place.ts';
import type { Scene } from './scene.ts';

const engine = (spot: SpotShare): PlanEngine => ({
  ...{ kind: 'aws-batch', prices: shippedPrices },
  queues: {
    main: { arn: 'arn:main', architecture: 'amd64', capacity: 'spot', instanceTypes: ['c7a'], spot },
  },
});

let place: GridPlace;
beforeEach(() => {
  place = new GridPlace();
  writeSmall(place, { more: 'budget: { usd: 50 }' });
});
afterEach(() => place[Symbol.dispose]());

/** The scene of somebody who looked Spot prices up. */
const lookedUp = (low: number, high: number): Scene => ({
  ...place.scene,
  deps: { ...place.scene.deps, planEngine: engine({ low, high, source: 'looked up' }) },
});

async function launched({ deps }: Scene): Promise<string> {
  const { root } = place;
  const loaded = loadGrid('grids/small.yaml', { root });
  const prepared = await prepare(deps, { loaded, identify: (image) => identifyImage(root, image) });
  const outcome = await launch(deps, { loaded, prepared, root, commit: null, alongside: false });
  if (outcome.outcome === 'refused') throw new Error(outcome.why);
  return outcome.run.run;
}

describe('a run on AWS', () => {
  test('costs what its launch said of Spot, whoever publishes and whatever Spot costs then', async () => {
    const first = lookedUp(0.2, 0.4);
    const run = await launched(first);
    await finishRun(first, run);
    const published = await readPublished(first.deps, run);
    // Six combinations of 36 s; 1 GiB on a c7a: a vCPU of 1 is its whole share.
    const vcpuHour = shippedPrices.families.c7a?.usdPerVcpuHour ?? 0;
    expect(published?.bill?.totalUsd).toBeCloseTo((6 * 36 * vcpuHour * 0.3) / 3600, 8);
    const other = lookedUp(0.7, 0.9);
    expect(await publish(other.deps, run)).toMatchObject({ sha256: published?.sha256 });
  });

  test('is metered by the prices of its launch, at their high end', async () => {
    const run = await launched(lookedUp(0.2, 0.4));
    const later = lookedUp(0.7, 0.9);
    await watch(later.deps, run);
    later.engine.progress('job-1', { running: 6 });
    later.clock.pass(3600);
    later.engine.countsAt = later.clock.now().toISOString();
    await watch(later.deps, run);
    const vcpuHour = shippedPrices.families.c7a?.usdPerVcpuHour ?? 0;
    expect((await readState(later.deps, run))?.money.meteredUsd).toBeCloseTo(6 * vcpuHour * 0.4, 8);
  });

  test('says in its review, while it runs, how far what is metered holds', async () => {
    const scene = lookedUp(0.2, 0.4);
    const run = await launched(scene);
    await watch(scene.deps, run);
    const review = await place.forge.findReview(`muster/${run}`);
    expect(review?.body).toContain(
      'Spot is metered at 40 % of On-Demand, the highest price found (looked up).',
    );
  });

  test('says in its review which prices it went by', async () => {
    const scene = lookedUp(0.2, 0.4);
    const run = await launched(scene);
    await finishRun(scene, run);
    const review = await place.forge.findReview(`muster/${run}`);
    expect(review?.body).toContain(
      'Spot is counted at 30 % of On-Demand, the middle between 20 and 40 % (looked up).',
    );
  });
});
