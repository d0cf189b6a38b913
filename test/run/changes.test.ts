import { expect, test, vi } from 'vitest';
import { changesSince } from '../../src/run/changes.ts';
import { finishRun } from './finish-run.ts';
import { GridPlace, smallGrid } from './grid-place.ts';

// Drawing has tests of its own.
vi.mock('../../src/report/figures/figures.ts', () => ({ renderFigures: async () => [] }));

const grid = 'grids/small.yaml';

function openPlace(): GridPlace {
  const place = new GridPlace();
  place.write('docker/tool/Dockerfile', 'FROM scratch\n');
  place.write('checks/check.sh', 'true\n');
  place.write(grid, smallGrid());
  return place;
}

async function publish(place: GridPlace): Promise<void> {
  const launched = await place.launch(grid);
  if (launched.outcome === 'refused') throw new Error('refused');
  await finishRun(place.scene, launched.run.run);
}

async function changes(place: GridPlace) {
  const { loaded, prepared } = await place.prepare(grid);
  return changesSince(place.scene.deps, loaded, prepared);
}

test('a grid that has never been published has no changes', async () => {
  using place = openPlace();
  expect(await changes(place)).toEqual([]);
});

test('a grid is compared with the newest of its runs, value by value', async () => {
  using place = openPlace();
  await publish(place);
  place.write(
    grid,
    smallGrid().replace('x: [1, 2, 3]', 'x: [1, 2, 4]\n  z: [5, 6]').replace('"{y}"]', '"{y}", "{z}"]'),
  );
  expect(await changes(place)).toEqual([
    'Axis `x`: 3 to 3 values, added `4`, removed `3`.',
    'Axis `z` is new (2 values).',
    'The command changed: with `{z}`.',
  ]);
});

test('a changed image is a change of its grid', async () => {
  using place = openPlace();
  await publish(place);
  place.write('docker/tool/Dockerfile', 'FROM other\n');
  expect(await changes(place)).toEqual([
    expect.stringMatching(/^Image `tool` changed from `\w{12}` to `\w{12}`\.$/),
  ]);
});

test('a run is not compared with itself, nor with those of other grids', async () => {
  using place = openPlace();
  await publish(place);
  expect(await changes(place)).toEqual([]);
  place.write('grids/other.yaml', smallGrid({ name: 'other' }).replace('[1, 2, 3]', '[7]'));
  const { loaded, prepared } = await place.prepare('grids/other.yaml');
  expect(await changesSince(place.scene.deps, loaded, prepared)).toEqual([]);
});
