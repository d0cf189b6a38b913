import type { Combination, Value } from '../../src/grid/combination.ts';
import type { Grid, LoadedGrid } from '../../src/grid/grid.ts';

/** A canonical grid of the parameter `n`, without a file. */
export const smallGrid: Grid = {
  name: 'small',
  program: {
    image: 'demo',
    command: ['simulate', '{n}', ['--slice', '{slice.start}-{slice.end}']],
    environment: {},
    files: [],
    inputs: [],
    outputs: [],
    results: {},
    credentials: false,
  },
  shape: {},
  slice: { combinations: 1, per: 'combination' },
  resources: {
    vcpus: 1,
    memory: 1024,
    gpus: 0,
    architecture: 'any',
    capacity: 'spot',
    ulimits: {},
  },
  retry: { attempts: 3, onExit: [75] },
  timeout: 3600,
  expected: 600,
  failures: { stopAfter: { kind: 'share', share: 0.1 } },
  keep: { onFailure: [] },
  launch: { on: 'manual', pilot: 0 },
};

export function combinationAt(index: number, n: Value = index): Combination {
  const id = index.toString(16).padStart(16, '0');
  return { index, id, label: `n=${n}`, parameters: { n }, text: { n: String(n) } };
}

/** Counts how far it was expanded, to show what a plan leaves alone. */
export function loadedGrid(
  count: number,
  changes: Partial<Grid> = {},
  valueAt: (index: number) => Value = (index) => index,
): LoadedGrid & { expanded: number } {
  return {
    path: 'grids/small.yaml',
    grid: { ...smallGrid, ...changes },
    axes: [{ name: 'n', samples: ['0', '1'], count }],
    hints: [],
    data: [],
    reusable: true,
    expanded: 0,
    count: () => count,
    *combinations() {
      for (let index = 0; index < count; index += 1) {
        this.expanded += 1;
        yield combinationAt(index, valueAt(index));
      }
    },
  };
}
