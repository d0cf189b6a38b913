import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadGrid } from '../../src/grid/load.ts';
import { firstInputs, type Surroundings, wantedOf } from '../../src/preflight/wanted-of.ts';
import { plannedClass, plannedGrid, reference } from './planned.ts';

const arn = (name: string) => `arn:aws:batch:us-east-1:123456789012:job-queue/${name}`;

const place: Surroundings = {
  root: '/nowhere',
  store: 's3://lab/ensembles/',
  queues: {
    spot: { arn: arn('spot'), architecture: 'amd64', capacity: 'spot', scratch: '2 GiB', max_vcpus: 64 },
    arm: { arn: arn('arm'), architecture: 'arm64', capacity: 'on-demand', instances: ['c7g'] },
  },
  images: { toy: reference },
  registry: '123456789012.dkr.ecr.us-east-1.amazonaws.com/lab',
  roles: { job: 'arn:aws:iam::123456789012:role/job' },
  log_group: '/aws/batch/job',
};

test('without a grid every queue and every pinned image of muster.yaml is looked at', () => {
  const wanted = wantedOf(place, []);
  expect(wanted.queues.map(({ name }) => name)).toEqual(['spot', 'arm']);
  expect(wanted.images).toEqual([{ name: 'toy', reference, architectures: [], pinned: true }]);
  expect(wanted.classes).toEqual([]);
});

test('an image that muster.yaml names no registry for has nowhere to be pushed to', () => {
  const { registry: _, ...without } = place;
  expect(wantedOf(without, []).images).toMatchObject([{ name: 'toy', homeless: true }]);
});

test('with a grid only the queues of its classes are', () => {
  expect(wantedOf(place, [plannedGrid()]).queues).toEqual([
    {
      name: 'spot',
      arn: arn('spot'),
      architecture: 'amd64',
      capacity: 'spot',
      scratchMib: 2048,
      maxVcpus: 64,
    },
  ]);
});

test('a class knows its grid and how many slices it has in all its arrays', () => {
  const arrays = [0, 1].map((array) => ({ array, class: 0, firstSlice: array * 10_000, slices: 10_000 }));
  const [one] = wantedOf(place, [plannedGrid({ arrays })]).classes;
  expect(one).toMatchObject({ grid: 'grids/toy.yaml', slices: 20_000 });
});

test('a class of which everything is reused needs neither queue nor image', () => {
  const wanted = wantedOf(place, [plannedGrid({ arrays: [] })]);
  expect([wanted.classes, wanted.queues, wanted.images]).toEqual([[], [], []]);
});

test('an image that two grids run on two architectures needs both', () => {
  const { resources } = plannedClass();
  const onArm = plannedClass({ queue: 'arm', resources: { ...resources, architecture: 'arm64' } });
  const wanted = wantedOf(place, [plannedGrid(), plannedGrid({ classes: [onArm] })]);
  expect(wanted.images).toMatchObject([{ name: 'toy', architectures: ['amd64', 'arm64'] }]);
});

test('an image without a reference comes with why it has none', () => {
  const lack = { kind: 'unknown', message: 'the registry is away', fix: 'Mend that.' } as const;
  const lackOf = (name: string) => (name === 'toy' ? lack : undefined);
  const unpushed = { toy: { kind: 'folder', name: 'toy', identity: '7'.repeat(64) } } as const;
  const wanted = wantedOf({ ...place, images: {}, lackOf }, [plannedGrid({}, { images: unpushed })]);
  expect(wanted.images).toEqual([{ name: 'toy', architectures: ['amd64'], lack }]);
});

test('an image that has a reference lacks nothing, whatever was learned before', () => {
  const lackOf = () => ({ kind: 'not-pushed', message: 'x', fix: 'y' }) as const;
  expect(wantedOf({ ...place, images: {}, lackOf }, [plannedGrid()]).images).toEqual([
    { name: 'toy', reference, architectures: ['amd64'] },
  ]);
});

test('the bucket comes with its prefix, and a folder has none', () => {
  expect(wantedOf(place, []).bucket).toEqual({ name: 'lab', prefix: 'ensembles' });
  expect(wantedOf({ ...place, store: 's3://lab' }, []).bucket).toEqual({ name: 'lab', prefix: '' });
  expect(wantedOf({ ...place, store: 'file:///data' }, []).bucket).toBeUndefined();
});

test('inputs are those of the first combination that lie in S3, placeholders filled in', () => {
  const root = mkdtempSync(join(tmpdir(), 'muster-wanted-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const text = `name: inputs
description: Reads what lies in S3
program:
  image: toy
  command: [toy]
  inputs:
    - { from: "s3://data/met/{year}/", to: met }
    - { from: "file:///data/fixed", to: fixed }
  outputs: [{ path: out.txt }]
parameters: { year: [2001, 2002] }
timeout: 1 min
`;
  writeFileSync(join(root, 'inputs.yaml'), text);
  expect(firstInputs(loadGrid('inputs.yaml', { root }), 'inputs-0123456789ab')).toEqual([
    's3://data/met/2001/',
  ]);
});
