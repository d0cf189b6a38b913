import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Combination } from '../../src/grid/combination.ts';
import { loadGrid } from '../../src/grid/load.ts';
import { resolveProgram, resolveResources, resolveTimeout } from '../../src/grid/resolve.ts';

const root = path.resolve(import.meta.dirname, '../..');
const names = [
  'c4-basin',
  'c4-months',
  'compas-full',
  'compas-sparse',
  'demo',
  'geos-chem-benchmarks',
  'pulse-retrodiction',
] as const;
const loaded = new Map(
  names.map((name) => [name, loadGrid(path.join(root, 'grids', `${name}.yaml`), { root })]),
);

function load(name: (typeof names)[number]) {
  const grid = loaded.get(name);
  if (grid === undefined) throw new Error(`${name} is not loaded`);
  return grid;
}

function expand(name: (typeof names)[number]): readonly Combination[] {
  return [...load(name).combinations()];
}

function programOf(name: (typeof names)[number], index: number) {
  const { grid } = load(name);
  const combination = expand(name)[index];
  if (combination === undefined) throw new Error(`${name} has no combination ${index}`);
  const resources = resolveResources(grid, combination);
  return resolveProgram(grid, combination, {
    run: { id: `${name}-000000000000` },
    slice: { start: index, end: index + 1 },
    resources,
  });
}

test.each<[(typeof names)[number], number]>([
  ['c4-basin', 4],
  ['c4-months', 240],
  ['compas-full', 1440],
  ['compas-sparse', 40],
  ['demo', 48],
  ['geos-chem-benchmarks', 11],
  ['pulse-retrodiction', 90],
])('%s has %d combinations', (name, count) => {
  expect([load(name).count(), expand(name).length]).toEqual([count, count]);
});

test.each(names)('%s never starts by itself', (name) => {
  expect(load(name).grid.launch.on).toBe('manual');
});

test.each(names)('%s has nothing odd to point out', (name) => {
  expect(load(name).hints).toEqual([]);
});

test.each(names)('every combination of %s resolves to a program, resources and a timeout', (name) => {
  const { grid } = load(name);
  for (const combination of expand(name)) {
    const resources = resolveResources(grid, combination);
    const slice = { start: combination.index, end: combination.index + 1 };
    const program = resolveProgram(grid, combination, { run: { id: 'r' }, slice, resources });
    expect(program.argv.filter((argument) => /[{}]/.test(argument) && !argument.startsWith('{"id"'))).toEqual(
      [],
    );
    expect(resolveTimeout(grid, combination)).toBeGreaterThanOrEqual(60);
  }
});

describe('COMPAS', () => {
  test.each<['compas-sparse' | 'compas-full', number, string]>([
    ['compas-sparse', 0, 'alpha0.100_lambda0.10_kick217_Z0.00010_fa0.50'],
    ['compas-sparse', 17, 'alpha0.569_lambda0.10_kick217_Z0.01420_fa0.50'],
    ['compas-sparse', 39, 'alpha5.000_lambda0.50_kick217_Z0.01420_fa0.50'],
    ['compas-full', 0, 'alpha0.100_lambda0.05_kick150_Z0.00010_fa0.25'],
    ['compas-full', 1439, 'alpha5.000_lambda1.00_kick300_Z0.02000_fa0.75'],
  ])('combination %s %d is called as upstream calls it', (name, index, label) => {
    expect(expand(name)[index]?.label).toBe(label);
  });

  test('alpha values are those of NumPy within 1e-12', () => {
    // SY A: numpy.logspace of 0.1 to 5.0.
    const numpy = [
      0.1, 0.15444521049463789, 0.23853323044733007, 0.36840314986403866, 0.5689810202763907,
      0.8787639344404101, 1.3572088082974532, 2.096144000826768, 3.2373940143476263, 5.000000000000001,
    ];
    const found = [...new Set(expand('compas-sparse').map(({ parameters }) => Number(parameters.alpha_ce)))];
    expect(found.length).toBe(10);
    expect(found.filter((alpha, index) => Math.abs(alpha / (numpy[index] ?? 0) - 1) > 1e-12)).toEqual([]);
  });

  test('every point of the sparse grid has the same id, label and seed in the full one', () => {
    const key = ({ id, label, text }: Combination) => `${id} ${label} ${text.seed}`;
    const full = new Set(expand('compas-full').map(key));
    expect(expand('compas-sparse').filter((combination) => !full.has(key(combination)))).toEqual([]);
  });

  test('a point of the sparse grid runs the same command in the full one', () => {
    const index = expand('compas-full').findIndex(({ id }) => id === expand('compas-sparse')[17]?.id);
    expect(programOf('compas-full', index)).toEqual(programOf('compas-sparse', 17));
  });

  test('no two combinations evolve a system with the same seed, also in 32 bits', () => {
    const seeds = expand('compas-full')
      .map(({ parameters }) => Number(parameters.seed))
      .sort((a, b) => a - b);
    expect(seeds.at(-1)).toBeLessThanOrEqual(2 ** 32 - 10_000);
    expect(seeds.filter((seed, index) => index > 0 && seed - (seeds[index - 1] ?? 0) < 10_000)).toEqual([]);
  });

  test('lambda and the accreted fraction have an effect', () => {
    const line = programOf('compas-sparse', 17).argv.join(' ');
    expect(line).toContain('--common-envelope-lambda 0.1 --common-envelope-lambda-prescription LAMBDA_FIXED');
    expect(line).toContain('--mass-transfer-fa 0.5 --mass-transfer-accretion-efficiency-prescription FIXED');
  });
});

describe('pulse', () => {
  test('windows of 30 days overlap by 5 and the last is clipped', () => {
    const windows = [...new Set(expand('pulse-retrodiction').map(({ text }) => text.window))];
    expect([windows[0], windows[1], windows.at(-1)]).toEqual([
      '{"start":"2022-01-01","end":"2022-01-31","last":"2022-01-30"}',
      '{"start":"2022-01-26","end":"2022-02-25","last":"2022-02-24"}',
      '{"start":"2022-12-17","end":"2023-01-01","last":"2022-12-31"}',
    ]);
  });

  test('the bare switch and what goes with it are there or not', () => {
    const [without, withDask] = [0, 1].map((index) => programOf('pulse-retrodiction', index).argv);
    expect(without?.filter((argument) => argument.includes('dask'))).toEqual([]);
    expect(withDask?.filter((argument) => argument.includes('dask'))).toEqual([
      '--use-dask',
      '--dask-threads-per-worker',
    ]);
  });

  test('each variable is an argument of its own', () => {
    expect(programOf('pulse-retrodiction', 0).argv.slice(3, 7)).toEqual([
      '--variables',
      'spx_close',
      'us_10y_yield',
      '--start-date',
    ]);
  });
});

describe('GEOS-Chem', () => {
  test('each entry picks its own queue, vCPU, memory and architecture', () => {
    const { grid } = load('geos-chem-benchmarks');
    const classes = expand('geos-chem-benchmarks').map((combination) => {
      const { queue, vcpus, memoryMib, architecture } = resolveResources(grid, combination);
      return `${queue} ${vcpus} ${memoryMib} ${architecture}`;
    });
    expect(new Set(classes)).toEqual(
      new Set([
        'geos-chem-graviton 15 30000 arm64',
        'geos-chem-intel 15 30000 amd64',
        'geos-chem-amd 15 30000 amd64',
        'geos-chem-graviton 7 15000 arm64',
        'geos-chem-intel 7 15000 amd64',
        'geos-chem-amd 7 15000 amd64',
        'geos-chem-highmem 15 115000 amd64',
      ]),
    );
  });

  test('the entry travels as one JSON argument', () => {
    const config = JSON.parse(programOf('geos-chem-benchmarks', 5).argv[2] ?? '');
    expect(config).toMatchObject({
      id: 'gcc-fullchem-2x2p5-graviton',
      domain: { type: 'global', resolution: '2x2.5' },
      duration: { days: 7 },
    });
  });
});

describe('C4', () => {
  test('a month of index i is i months after January 2000, as upstream counts', () => {
    const { label, text } = expand('c4-months')[110] ?? {};
    expect([label, text?.month]).toEqual([
      '2009_03',
      '{"start":"2009-03-01","end":"2009-04-01","last":"2009-03-31"}',
    ]);
  });

  test('outputs carry the name of the month', () => {
    expect(programOf('c4-months', 1).outputs[0]?.path).toBe('correlations/*/2000_February_*.h5');
  });

  test('the four ranges are a union of dates', () => {
    expect(expand('c4-basin').map((_, index) => programOf('c4-basin', index).argv.slice(2))).toEqual([
      ['2017-01-26', '2017-03-26'],
      ['2018-07-20', '2018-08-27'],
      ['2019-05-11', '2019-06-16'],
      ['2019-11-10', '2019-12-15'],
    ]);
  });
});

describe('demo', () => {
  test('all combinations draw the same binaries', () => {
    expect(new Set(expand('demo').map(({ text }) => text.seed)).size).toBe(1);
  });
});
