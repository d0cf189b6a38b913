import { describe, expect, test } from 'vitest';
import { shippedPrices } from '../../src/money/prices.ts';
import { makePlan, type PlanInput, preparePlan } from '../../src/plan/make-plan.ts';
import { loadedGrid, smallGrid } from './small-grid.ts';

const arn = 'arn:aws:batch:us-east-1:123456789012:job-queue/any';

const machine = {
  kind: 'local',
  vcpus: 4,
  memoryMib: 8192,
  architecture: 'amd64',
  usdPerVcpuHour: 0.1,
} as const;
const cloud = {
  kind: 'aws-batch',
  prices: shippedPrices,
  queues: {
    spot: { arn, architecture: 'arm64', capacity: 'spot', instanceTypes: ['c7g'], maxVcpus: 32 },
  },
} as const;
const input = (loaded: PlanInput['loaded'], changes: Partial<PlanInput> = {}): PlanInput => ({
  loaded,
  runId: 'small-0123456789ab',
  engine: machine,
  limits: { min: 2, max: 10_000 },
  watchSeconds: 600,
  reuse: { known: true, indexes: [], runs: [] },
  ...changes,
});

describe('a plan', () => {
  test('counts combinations, slices and arrays', () => {
    const plan = makePlan(input(loadedGrid(25_001)));
    expect(plan).toMatchObject({ grid: 'small', combinations: 25_001, slices: 25_001 });
    expect(plan.arrays.map((array) => array.slices)).toEqual([10_000, 10_000, 5_001]);
  });

  test('shows five combinations from the first to the last with their commands', () => {
    const { samples } = makePlan(input(loadedGrid(41, { slice: { combinations: 4, per: 'combination' } })));
    expect(samples.map(({ label }) => label)).toEqual(['n=0', 'n=10', 'n=20', 'n=30', 'n=40']);
    expect(samples.map(({ command }) => command)).toEqual([
      ['simulate', '0', '--slice', '0-4'],
      ['simulate', '10', '--slice', '8-12'],
      ['simulate', '20', '--slice', '20-24'],
      ['simulate', '30', '--slice', '28-32'],
      ['simulate', '40', '--slice', '40-41'],
    ]);
  });

  test('shows the slices of programs that take slices', () => {
    const { samples } = makePlan(input(loadedGrid(10, { slice: { combinations: 4, per: 'slice' } })));
    expect(samples.map(({ command }) => command.at(-1))).toEqual(['0-4', '4-8', '8-10']);
  });

  test('estimates only what is not reused, and says what that saves', () => {
    const reuse = {
      known: true,
      indexes: [[0, 30]],
      runs: [{ run: 'old', combinations: 30, reviewed: true }],
    } as const;
    const plan = makePlan(input(loadedGrid(40), { reuse }));
    // 600 s on 1 vCPU at 0.1 $/h: 1/60 $ each
    expect(plan.estimate.usd?.high).toBeCloseTo(10 / 60, 9);
    expect(plan.reuse).toMatchObject({ known: true, combinations: 30, runs: reuse.runs });
    expect(plan.reuse.known ? plan.reuse.savesUsd : null).toBeCloseTo(0.5, 9);
    expect(plan.slices).toBe(10);
    expect(plan.classes.map((one) => one.combinations)).toEqual([40]);
  });

  test('says of reuse on AWS that it saves the work, not the cold starts', () => {
    const reuse = { known: true, indexes: [[0, 30]], runs: [] } as const;
    const plan = makePlan(input(loadedGrid(40), { engine: cloud, reuse }));
    // 30 x 600 s at 40 % of 0.03625 $/h, and 5 % for the tail
    expect(plan.reuse.known ? plan.reuse.savesUsd : null).toBeCloseTo(5 * 0.0145 * 1.05, 9);
  });

  test('says when reuse is unknown, and why', () => {
    const reuse = { known: false, why: 'no credentials' } as const;
    expect(makePlan(input(loadedGrid(4), { reuse }))).toMatchObject({ reuse, slices: 4 });
  });

  test.each([
    {
      what: 'slices that succeed as one',
      loaded: loadedGrid(4, { slice: { combinations: 2, per: 'slice' } }),
    },
    { what: 'grids that derive from the index', loaded: { ...loadedGrid(4), reusable: false } },
  ])('reuses nothing for $what', ({ loaded }) => {
    const reuse = { known: true, indexes: [[0, 2]], runs: [] } as const;
    expect(makePlan(input(loaded, { reuse })).reuse).toMatchObject({ known: true, combinations: 0 });
  });

  test('of nothing new costs nothing and has no array', () => {
    const reuse = { known: true, indexes: [[0, 4]], runs: [] } as const;
    const plan = makePlan(input(loadedGrid(4), { reuse }));
    expect(plan).toMatchObject({
      slices: 0,
      arrays: [],
      estimate: { usd: { low: 0, high: 0 }, ceilingUsd: 0 },
    });
  });

  test('takes measured durations before what the grid expects', () => {
    const history = {
      seconds: { low: 300, median: 350, high: 900 },
      outputBytes: 1e9,
      source: '3 runs of demo',
    };
    const plan = makePlan(input(loadedGrid(12), { history }));
    expect(plan.estimate.usd?.low).toBeCloseTo(0.1, 9); // 12 x 300 s = 1 h
    expect(plan.estimate.usd?.high).toBeCloseTo(0.3, 9);
    expect(plan.classes[0]?.expectedSeconds).toBe(350);
    expect(plan.estimate.assumptions[0]).toMatch(
      /^Your `expected` of \d+ s is not used\. Durations as measured: 3 runs of demo, median 350 s\.$/,
    );
  });

  test('takes what the grid expects for the most where only other values were measured', () => {
    const seconds = { low: 1, median: 2, high: 3 };
    const own = makePlan(input(loadedGrid(12))).estimate.usd;
    const plan = makePlan(
      input(loadedGrid(12), { history: { seconds, source: 'a run', ofOtherValues: true } }),
    );
    expect(plan.estimate.usd?.high).toBe(own?.high);
    expect(plan.estimate.usd?.low).toBeLessThan(own?.low ?? 0);
    expect(plan.estimate.assumptions[0]).toContain('which had other values');
  });

  test('knows no more of the cost than of the duration', () => {
    const { expected: _, ...grid } = smallGrid;
    const loaded = { ...loadedGrid(4), grid };
    expect(makePlan(input(loaded)).estimate).toMatchObject({ usd: null, hours: null, lines: [] });
  });

  test('bounds the width on AWS by the queue and by `concurrent`, and with it what a late stop costs', () => {
    const planned = (concurrent?: number) => {
      const resources = { ...smallGrid.resources, ...(concurrent !== undefined && { concurrent }) };
      const { estimate, hints } = makePlan(input(loadedGrid(100, { resources }), { engine: cloud }));
      expect(hints).toEqual([]);
      return { widths: estimate.lines.map((line) => line.width), overshoot: estimate.overshootUsd };
    };
    expect([planned().widths, planned(1000).widths]).toEqual([
      [2, 8, 32],
      [2, 8, 32],
    ]);
    expect(planned(8).widths).toEqual([1, 2, 8]);
    expect(planned(8).overshoot).toBeCloseTo(planned().overshoot / 4, 6);
  });

  test('bounds the width on one machine by `concurrent`', () => {
    const widths = (concurrent: number) =>
      makePlan(
        input(loadedGrid(100, { resources: { ...smallGrid.resources, concurrent } })),
      ).estimate.lines.map((line) => line.width);
    expect(Math.max(...widths(2))).toBe(2);
    expect(Math.max(...widths(1000))).toBeGreaterThan(2);
  });

  test('dates its prices and stores outputs at the price of the table', () => {
    const history = { seconds: { low: 1, median: 1, high: 1 }, outputBytes: 1e9, source: 'a run' };
    const { estimate } = makePlan(input(loadedGrid(100), { engine: cloud, history }));
    expect(estimate.prices.date).toBe('2026-07-20');
    expect(estimate.prices.source).toContain('us-east-1');
    expect(estimate.storageUsdPerMonth).toBeCloseTo(2.3, 9);
  });

  test('hints at what this machine is not', () => {
    const resources = { ...smallGrid.resources, architecture: 'arm64', vcpus: 15 };
    const { hints } = makePlan(input(loadedGrid(2, { resources })));
    expect(hints.map(({ message }) => message)).toEqual([
      'The grid asks for arm64; this machine is amd64.',
      'A slice asks for 15 vCPU and 1024 MiB; this machine has 4 and 8192: slices run one at a time and may be slow.',
    ]);
  });

  test('refuses slices with gaps for programs that take slices', () => {
    const resources = { ...smallGrid.resources, vcpus: '{n}' };
    const slice = { combinations: 2, per: 'slice' } as const;
    const alternating = loadedGrid(8, { resources, slice }, (index) => 1 + (index % 2));
    expect(() => makePlan(input(alternating))).toThrow(/one slice would hold 0 and 2, not what lies between/);
    const halves = loadedGrid(8, { resources, slice }, (index) => (index < 4 ? 1 : 2));
    expect(makePlan(input(halves)).slices).toBe(4);
  });

  test('carries the budget and the pilot, whose round comes first', () => {
    const changes = { budget: { usd: 25 }, launch: { on: 'manual', pilot: 2 } } as const;
    const { plan, first, members } = preparePlan(input(loadedGrid(40, changes)));
    expect(plan).toMatchObject({ budgetUsd: 25, pilot: 2, slices: 40 });
    expect(first).toMatchObject({ reason: 'pilot', budgetUsd: 25, stopAfterFailures: 3 });
    expect(members).toEqual([{ class: 0, indexes: [[0, 40]] }]);
  });

  test('of a million combinations expands no more than its samples need', () => {
    const loaded = loadedGrid(1_000_000);
    const { first } = preparePlan(input(loaded));
    expect(first.groups).toEqual([{ class: 0, indexes: [[0, 1_000_000]], sliceSize: 1 }]);
    expect(first.arrays).toHaveLength(100);
    expect(loaded.expanded).toBeLessThanOrEqual(100_001);
  });
});
