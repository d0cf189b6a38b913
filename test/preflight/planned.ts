import type { Plan } from '../../src/plan/plan.ts';
import type { PlannedGrid } from '../../src/preflight/wanted-of.ts';

type PlannedClass = Plan['classes'][number];

export const reference = `123456789012.dkr.ecr.us-east-1.amazonaws.com/toy@sha256:${'7'.repeat(64)}`;

export function plannedClass(part: Partial<PlannedClass> = {}): PlannedClass {
  return {
    class: 0,
    resources: { vcpus: 1, memoryMib: 2000, gpus: 0, architecture: 'amd64', capacity: 'spot', ulimits: {} },
    queue: 'spot',
    image: 'toy',
    timeoutSeconds: 600,
    combinations: 12,
    ...part,
  };
}

/** A plan of 12 combinations in 3 slices. */
export function plannedGrid(part: Partial<Plan> = {}, rest: Partial<PlannedGrid> = {}): PlannedGrid {
  const plan: Plan = {
    grid: 'toy',
    runId: 'toy-0123456789ab',
    path: 'grids/toy.yaml',
    combinations: 12,
    total: 12,
    axes: [],
    samples: [],
    classes: [plannedClass()],
    pilot: 0,
    slices: 3,
    arrays: [{ array: 0, class: 0, firstSlice: 0, slices: 3 }],
    reuse: { known: true, combinations: 0, runs: [], savesUsd: null },
    estimate: {
      usd: { low: 1, high: 2 },
      hours: { low: 1, high: 2 },
      ceilingUsd: 5,
      overshootUsd: 1,
      lines: [],
      storageUsdPerMonth: null,
      prices: { date: '2026-11-01', source: 'price list' },
      assumptions: [],
    },
    budgetUsd: null,
    hints: [],
    ...part,
  };
  const images = { toy: { kind: 'digest', name: 'toy', identity: '7'.repeat(64), reference } as const };
  return { plan, images, inputs: [], requests: [], ...rest };
}
