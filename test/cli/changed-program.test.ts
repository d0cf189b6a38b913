import { describe, expect, it } from 'vitest';
import { Place, toyGrid } from './place.ts';

const failing = 'exit 1\n';
const mended = `echo '{"twice": 0}' > answer.json\nprintf 'n\\n1\\n' > table.csv\n`;

describe('a program that was changed after the launch', () => {
  it('is not run by a rerun, which names the folder and the way on', async () => {
    using place = new Place();
    place.program('toy', failing);
    place.write('grids/toy.yaml', toyGrid);
    expect((await place.muster('run', 'toy', '--limit', '1')).code).toBe(1);
    place.program('toy', mended);
    const { code, stderr } = await place.muster('rerun', 'toy');
    expect(code).toBe(2);
    expect(stderr).toContain('docker/toy has changed since this run was launched');
  });

  it('is not run by the slices left of that run: they fail and say so', async () => {
    using place = new Place();
    // The first combination changes the program of the second.
    place.program('toy', `echo "$1" >> "$MUSTER_TEST_DIARY"\necho '# new' >> "$0"\n${mended}`);
    const grid = toyGrid.replace('n: [1, 2, 3, 4, 5, 6]', 'n: [1, 2]');
    place.write('grids/toy.yaml', grid.replace(/slice: .*/, 'slice: { combinations: 1 }'));
    expect((await place.muster('run', 'toy', '--parallel', '1')).code).toBe(1);
    expect(place.noted()).toHaveLength(1);
    expect((await place.muster('explain')).stdout).toContain('docker/toy has changed since');
  });

  it('is a new run of the same grid', async () => {
    using place = new Place();
    place.program('toy', failing);
    place.write('grids/toy.yaml', toyGrid);
    await place.muster('run', 'toy', '--limit', '1');
    place.program('toy', mended);
    expect(await place.good('run', 'toy', '--limit', '1')).toContain('1 of 1 succeeded');
  });
});
