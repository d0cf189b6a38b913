import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Merge, openMerge } from '../../src/results/merge.ts';
import { mergeFragments } from '../../src/results/merge-run.ts';
import { openDirectoryStore } from '../../src/store/directory.ts';
import { fragmentsPrefix } from '../../src/store/keys.ts';
import type { Benchmark } from './benchmark.ts';
import { combinations, run, writeFragments } from './fragments.ts';
import { inTurn, secondsOf } from './repeat.ts';

const slices = 10_000;
const sliceSize = 10;
const count = slices * sliceSize;

export const merge: Benchmark = {
  name: 'merge',
  about: `merging ${slices.toLocaleString('en')} fragments of ${sliceSize} combinations, against reading and parsing them`,
  async run(folder) {
    const root = join(folder, 'store');
    const store = openDirectoryStore(root);
    await writeFragments(store, slices, sliceSize);
    const all = [...combinations(count)];

    const open = () =>
      openMerge({
        ...{ run, count, combinations: () => all, spillDirectory: folder },
        recorded: () => undefined,
        price: () => 1e-5,
      });
    // One merge after the other, each first filled and then asked.
    let current: Merge | undefined;
    const outcomes: number[] = [];
    const fill = async () => {
      current?.[Symbol.dispose]();
      current = await open();
      await mergeFragments(store, run, 1, current);
      if (current.report().counts.succeeded !== count) throw new Error('not all were merged');
    };
    const ask = async () => {
      let asked = 0;
      for await (const { outputs } of current?.outcomes() ?? []) asked += outputs.length;
      if (asked !== 2 * count) throw new Error('not all outcomes came');
    };
    let filling = 0;
    const times = await inTurn(5, {
      ours: async () => {
        filling = await secondsOf(fill);
        outcomes.push(await secondsOf(ask));
        return filling;
      },
      baseline: () => secondsOf(() => readAndParse(join(root, fragmentsPrefix(run, 0)))),
    });
    current?.[Symbol.dispose]();
    const passed = outcomes.toSorted((a, b) => a - b)[2] ?? Number.NaN;
    const { baseline } = times;
    const what = `${slices.toLocaleString('en')} fragments of ${sliceSize}`;
    const aim = { kind: 'ratio', most: 1.5 } as const;
    return [
      { what: `merge ${what} / read and parse them`, unit: 's', ...times, comparison: aim },
      {
        what: '  and go through all outcomes / read and parse',
        ...{ unit: 's', ours: passed, baseline, comparison: { kind: 'ratio' } },
      },
      {
        what: '  both together / read and parse',
        ...{ unit: 's', ours: times.ours + passed, baseline, comparison: aim },
      },
    ];
  },
};

/** The least that has to be done: every file found, read and parsed. */
function readAndParse(folder: string): void {
  let found = 0;
  for (const slice of readdirSync(folder)) {
    for (const part of readdirSync(join(folder, slice))) {
      const { combinations: entries } = JSON.parse(readFileSync(join(folder, slice, part), 'utf8'));
      found += entries.length;
    }
  }
  if (found !== count) throw new Error('not all were read');
}
