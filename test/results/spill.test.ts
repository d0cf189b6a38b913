import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openSpill } from '../../src/results/spill.ts';
import { temporaryFolder } from './fixtures.ts';

/** Small ones, one longer than any buffer, and characters of several bytes. */
const values = Array.from({ length: 3000 }, (_, index) =>
  index === 1500 ? { index, text: 'ü漢'.repeat(200_000) } : { index, text: `µ${'x'.repeat(index % 700)}` },
);

test('values are read back in any order, also while others are added', () => {
  using folder = temporaryFolder();
  using spill = openSpill(folder.path);
  const spans = values.map((value, index) => {
    const span = spill.append(value);
    if (index % 100 === 0) expect(spill.read(span)).toEqual(value);
    return span;
  });
  for (const step of [1, 7, 2999]) {
    for (let at = 0; at < 3000; at += 1) {
      const index = (at * step) % 3000;
      expect(spill.read(spans[index] ?? { offset: 0, length: 0 })).toEqual(values[index]);
    }
  }
});

test('nothing is left behind', () => {
  using folder = temporaryFolder();
  {
    using spill = openSpill(folder.path);
    spill.append(values);
    expect(readdirSync(folder.path)).toHaveLength(1);
  }
  expect(readdirSync(folder.path)).toEqual([]);
});

test('what is JSON already is read back like what was not, also after a pause', () => {
  using folder = temporaryFolder();
  using spill = openSpill(folder.path);
  const spans = values.map((value, index) =>
    index % 2 === 0 ? spill.append(value) : spill.appendJson(Buffer.from(JSON.stringify(value))),
  );
  // More than is kept of what was read: by the second round the first values were forgotten.
  const filler = spill.append('x'.repeat(5 << 20));
  for (let round = 0; round < 2; round += 1) {
    for (const [index, span] of spans.entries()) expect(spill.read(span)).toEqual(values[index]);
    expect(spill.read(filler)).toHaveLength(5 << 20);
  }
});
