import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import type { Value } from '../../src/grid/combination.ts';
import * as ranges from '../../src/plan/ranges.ts';
import { type Selectable, select } from '../../src/plan/select.ts';

const states = ['succeeded', 'failed', 'missing', 'failed', 'succeeded', 'missing'] as const;
const outcomes: readonly Selectable[] = states.map((state, index) => ({
  index,
  id: `00000000000000a${index}`,
  label: `alpha${index}_Z0.0142`,
  state,
  parameters: { alpha: index, ...(index < 3 ? { mode: 'fast' } : {}) } as Record<string, Value>, // absent in some
}));

const selected = async (spec: string, from: Parameters<typeof select>[1] = outcomes) => {
  const found = await select(spec, from);
  return { ...found, indexes: [...ranges.iterate(found.indexes)] };
};

describe('select', () => {
  test.each([
    { spec: 'failed', indexes: [1, 3], leftOut: 0 },
    { spec: 'missing', indexes: [2, 5], leftOut: 0 },
    { spec: 'failed, missing', indexes: [1, 2, 3, 5], leftOut: 0 },
    { spec: '1,3', indexes: [1, 3], leftOut: 0 },
    { spec: '2-4', indexes: [2, 3], leftOut: 1 },
    { spec: 'alpha5_Z0.0142', indexes: [5], leftOut: 0 },
    { spec: 'alpha1_Z0.0142,alpha3_Z0.0142', indexes: [1, 3], leftOut: 0 },
    { spec: '00000000000000a2', indexes: [2], leftOut: 0 },
    { spec: 'alpha > 2', indexes: [3, 5], leftOut: 1 },
    { spec: 'alpha in [1, 5]', indexes: [1, 5], leftOut: 0 },
    { spec: 'index == 3 or alpha == 2', indexes: [2, 3], leftOut: 0 },
    { spec: 'mode == "fast"', indexes: [1, 2], leftOut: 1 },
    { spec: 'alpha > 100', indexes: [], leftOut: 0 },
    { spec: '0', indexes: [], leftOut: 1 },
  ])('$spec takes $indexes and leaves out $leftOut that succeeded', async ({ spec, indexes, leftOut }) => {
    expect(await selected(spec)).toEqual({ indexes, leftOut, again: false });
  });

  test('all takes what succeeded too', async () => {
    expect(await selected('all')).toEqual({ indexes: [0, 1, 2, 3, 4, 5], leftOut: 0, again: true });
  });

  test('reads a stream', async () => {
    async function* stream() {
      yield* outcomes;
    }
    expect((await selected('failed', stream())).indexes).toEqual([1, 3]);
  });

  test('takes a label that looks like an expression for the label', async () => {
    const odd = outcomes.map((one) => ({ ...one, label: `alpha>${one.index}` }));
    expect((await selected('alpha>1', odd)).indexes).toEqual([1]);
  });

  test.each([
    { spec: 'alpha5_Z0.142', message: /label or id `alpha5_Z0.142`.\n {2}Did you mean `alpha5_Z0.0142`\?/ },
    { spec: 'faild', message: /Did you mean `failed`\?/ },
    { spec: 'failed,nonsense-entirely', message: /No combination has the label or id `nonsense-entirely`/ },
    { spec: '6', message: /No combination has the index `6`/ },
    { spec: '4-9', message: /Only 2 of the indexes `4-9` exist/ },
    { spec: '4-2', message: /No combination has the index `4-2`/ },
    { spec: 'alpa > 3', message: /no parameter `alpa`.\n {2}Did you mean `alpha`\?/ },
    { spec: 'alpha + 1', message: /gives 6, not true or false/ },
    { spec: 'alpha > (', message: /cannot be read/ },
    { spec: 'alpha > "x"', message: /command line: / },
    { spec: ' , ', message: /Nothing is selected/ },
  ])('$spec is refused', async ({ spec, message }) => {
    const failure = await select(spec, outcomes).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ConfigurationError);
    expect(String(failure)).toMatch(message);
  });

  test('takes one label that holds commas, and lists as ever', async () => {
    const listed = outcomes.map((one, index) => ({ ...one, label: `vars=a,b${index}` }));
    expect((await selected('vars=a,b3', listed)).indexes).toEqual([3]);
    const both = outcomes.map((one, index) => ({ ...one, label: index === 5 ? '1,2' : `x${index}` }));
    await expect(selected('1,2', both)).rejects.toThrow('`1,2` is a list and the label of combination 5.');
    expect((await selected('1,3', both)).indexes).toEqual([1, 3]);
  });

  test('a number that is also a label is refused', async () => {
    const numbered = outcomes.map((one) => ({ ...one, label: String(one.index * 10) }));
    const twice = [
      ...numbered,
      ...Array.from(
        { length: 10 },
        (_, at) => ({ ...numbered[1], index: 6 + at, id: `b${at}`, label: `x${at}` }) as Selectable,
      ),
    ]; // numbered[1] exists
    await expect(select('10', twice)).rejects.toThrow(/`10` is an index and the label of combination 1/);
  });
});
