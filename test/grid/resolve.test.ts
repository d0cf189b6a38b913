import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import type { Combination } from '../../src/grid/combination.ts';
import type { Grid, PlaceholderContext, Program, Resources, ResourcesRequest } from '../../src/grid/grid.ts';
import {
  resolveExpected,
  resolveImage,
  resolveProgram,
  resolveResources,
  resolveTimeout,
  resourcesVary,
} from '../../src/grid/resolve.ts';

const program: Program = {
  image: 'compas',
  command: ['COMPAS'],
  environment: {},
  files: ['checks/compas.sh'],
  inputs: [],
  outputs: [],
  results: {},
  credentials: false,
};

const request: ResourcesRequest = {
  vcpus: 1,
  memory: 3072,
  gpus: 0,
  architecture: 'any',
  capacity: 'spot',
  ulimits: { nofile: 65_535 },
};

function gridWith(changes: Partial<Grid>): Grid {
  return {
    name: 'sample',
    program,
    shape: {},
    slice: { combinations: 1, per: 'combination' },
    resources: request,
    retry: { attempts: 3, onExit: [] },
    timeout: 3_600,
    failures: { stopAfter: { kind: 'share', share: 0.1 } },
    keep: { onFailure: [] },
    launch: { on: 'manual', pilot: 0 },
    ...changes,
  };
}

const combination: Combination = {
  index: 17,
  id: '0123456789abcdef',
  label: 'a0.569',
  parameters: {
    alpha: 0.5689810202763907,
    arch: 'arm64',
    vcpus: 4,
    up: '..',
    root: '/etc',
    hours: 2,
    size: '6 GiB',
  },
  text: {
    alpha: '0.5689810202763907',
    arch: 'arm64',
    vcpus: '4',
    up: '..',
    root: '/etc',
    hours: '2',
    size: '6 GiB',
  },
};

const resources: Resources = {
  vcpus: 4,
  memoryMib: 3072,
  gpus: 0,
  architecture: 'arm64',
  capacity: 'spot',
  ulimits: {},
};
const context: PlaceholderContext & { resources: Resources } = {
  run: { id: 'sample-0a1b2c3d4e5f' },
  slice: { start: 2, end: 5 },
  resources,
};

function resolve(changes: Partial<Program>, slicePer: 'combination' | 'slice' = 'combination') {
  return resolveProgram(
    gridWith({ program: { ...program, ...changes }, slice: { combinations: 3, per: slicePer } }),
    combination,
    context,
  );
}

test.each([
  ['{combination.index}', '17'],
  ['{combination.id}', '0123456789abcdef'],
  ['{combination.label}', 'a0.569'],
  ['{slice.start}-{slice.end}', '2-5'],
  ['{resources.vcpus}', '4'],
  ['{resources.memory_mib}', '3072'],
  ['{run.id}', 'sample-0a1b2c3d4e5f'],
  ['{alpha:.3f}', '0.569'],
])('in a command %s is %s', (argument, expected) => {
  expect(resolve({ command: [argument] }).argv).toEqual([expected]);
});

test('a program that takes the slice itself gets indexes of combinations', () => {
  expect(resolve({ command: ['{slice.start}', '{slice.end}'] }, 'slice').argv).toEqual(['17', '20']);
});

test('every part of the program is filled in', () => {
  const resolved = resolve({
    environment: { OMP_NUM_THREADS: '{resources.vcpus}' },
    inputs: [{ from: 's3://b/{arch}/', to: 'in/{arch}/' }],
    checkpoint: { path: 'restart/{arch}/', everySeconds: 600 },
    outputs: [
      {
        path: 'out/{alpha:.1f}.h5',
        contains: ['of {vcpus}'],
        required: true,
        min: 1,
        minBytes: 1,
        archive: '{arch}.tar.zst',
      },
    ],
    verify: ['sh', 'check.sh', '{vcpus}'],
    results: { best: { file: '{arch}.json', kind: 'key', key: 'best' } },
  });
  expect(resolved).toEqual({
    argv: ['COMPAS'],
    environment: { OMP_NUM_THREADS: '4' },
    files: ['checks/compas.sh'],
    inputs: [{ from: 's3://b/arm64/', to: 'in/arm64/' }],
    checkpoint: { path: 'restart/arm64/', everySeconds: 600 },
    outputs: [
      {
        path: 'out/0.6.h5',
        contains: ['of 4'],
        required: true,
        min: 1,
        minBytes: 1,
        archive: 'arm64.tar.zst',
      },
    ],
    verify: ['sh', 'check.sh', '4'],
    results: { best: { file: 'arm64.json', kind: 'key', key: 'best' } },
    credentials: false,
  });
});

describe('a path that leaves the work directory is refused, naming the combination', () => {
  const rule = { contains: [], required: true, min: 1, minBytes: 1 };
  test.each<[string, Partial<Program>, RegExp]>([
    ['in the template', { outputs: [{ ...rule, path: '../../x' }] }, /leaves the work directory/],
    ['in a value', { outputs: [{ ...rule, path: 'a/{up}/b' }] }, /leaves the work directory/],
    ['absolute', { outputs: [{ ...rule, path: '{root}/passwd' }] }, /is absolute/],
    ['with a drive letter', { outputs: [{ ...rule, path: 'C:\\x' }] }, /is absolute/],
    ['with backslashes', { outputs: [{ ...rule, path: 'a\\..\\..\\b' }] }, /leaves the work directory/],
    ['of an archive', { outputs: [{ ...rule, path: 'x', archive: '../x.tar.gz' }] }, /leaves/],
    ['of an input', { inputs: [{ from: 's3://b/k', to: '{up}' }] }, /leaves/],
    ['of a checkpoint', { checkpoint: { path: '/tmp/x', everySeconds: 1 } }, /is absolute/],
    ['of a result', { results: { n: { file: '../n.json', kind: 'key', key: 'n' } } }, /leaves/],
    ['empty', { outputs: [{ ...rule, path: '' }] }, /is empty/],
    ['with a line break', { outputs: [{ ...rule, path: 'a\nb' }] }, /control character/],
  ])('%s', (_, changes, message) => {
    expect(() => resolve(changes)).toThrow(message);
    expect(() => resolve(changes)).toThrow(/of combination 17 \(a0\.569\)/);
  });
});

test('dots inside a name are no way out', () => {
  const outputs = [{ path: 'a..b/..c', contains: [], required: true, min: 1, minBytes: 1 }];
  expect(resolve({ outputs }).outputs[0]?.path).toBe('a..b/..c');
});

test('what cannot be filled in is a configuration error that names place, combination and way out', () => {
  const error = (() => {
    try {
      return resolve({ command: ['{alpha:d}'] });
    } catch (caught) {
      return caught;
    }
  })();
  expect(error instanceof ConfigurationError && error.problems).toEqual([
    {
      file: 'grid sample',
      message:
        "program.command of combination 17 (a0.569): {alpha:d}: The format 'd' is for whole numbers, and 0.5689810202763907 is none.",
      fix: 'Write .0f to round it, or another format.',
    },
  ]);
});

test('a parameter cannot be reached through the prototype', () => {
  expect(() => resolve({ command: ['{constructor}'] })).toThrow(/is absent/);
});

test('resources are filled in and read with their units', () => {
  const grid = gridWith({
    resources: {
      ...request,
      vcpus: '{vcpus}',
      memory: '{size}',
      architecture: '{arch}',
      scratch: '{vcpus}0 GiB',
      concurrent: 20,
      queue: 'geos-{arch}',
    },
  });
  expect(resolveResources(grid, combination)).toEqual({
    vcpus: 4,
    memoryMib: 6144,
    gpus: 0,
    architecture: 'arm64',
    capacity: 'spot',
    scratchGib: 40,
    concurrent: 20,
    queue: 'geos-arm64',
    ulimits: { nofile: 65_535 },
  });
});

test.each<[Partial<ResourcesRequest>, RegExp]>([
  [{ vcpus: '{alpha}' }, /resources\.vcpus of combination 17 .*whole number from 1/],
  [{ vcpus: 0 }, /whole number from 1/],
  [{ memory: '{vcpus}' }, /has no unit/],
  [{ architecture: '{vcpus}' }, /'4' is none of arm64, amd64, any/],
  [{ capacity: 'free' }, /'free' is none of spot, spot-first, on-demand/],
])('resources %j are refused', (changes, message) => {
  expect(() => resolveResources(gridWith({ resources: { ...request, ...changes } }), combination)).toThrow(
    message,
  );
});

test('timeout, expected duration and image are filled in', () => {
  const grid = gridWith({
    timeout: '{hours}h',
    expected: '{hours}0 min',
    program: { ...program, image: 'geos-{arch}' },
  });
  expect([
    resolveTimeout(grid, combination),
    resolveExpected(grid, combination),
    resolveImage(grid, combination),
  ]).toEqual([7_200, 1_200, 'geos-arm64']);
});

test('without an expected duration none is made up', () => {
  expect(resolveExpected(gridWith({}), combination)).toBeUndefined();
});

test.each<[string, Partial<Grid>, boolean]>([
  ['constants', { expected: 60 }, false],
  ['a memory placeholder', { resources: { ...request, memory: '{size}' } }, true],
  ['a queue placeholder', { resources: { ...request, queue: '{arch}' } }, true],
  ['a timeout placeholder', { timeout: '{hours}h' }, true],
  ['an expected placeholder', { expected: '{hours}h' }, true],
  ['an image placeholder', { program: { ...program, image: 'i-{arch}' } }, true],
])('resources vary with %s: %s', (_, changes, expected) => {
  expect(resourcesVary(gridWith(changes))).toBe(expected);
});
