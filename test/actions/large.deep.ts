import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyGrid } from '../cli/place.ts';
import { Laboratory } from './laboratory.ts';

const values = Array.from({ length: 1500 }, (_, index) => index + 1);
const grid = `${toyGrid.replace('n: [1, 2, 3, 4, 5, 6]', `n: [${values.join(', ')}]`).replace('combinations: 4', 'combinations: 250')}launch: { on: commit }\n`;

describe('a grid of 3,000 combinations', () => {
  let lab: Laboratory;
  let run = '';
  beforeAll(async () => {
    lab = await Laboratory.open();
    lab.break(...values.filter((value) => value % 3 === 0));
    run = await lab.launch(grid);
    await lab.watchUntilEnded(1500);
    await lab.good({ action: 'publish-results', job: 'watch/publish', with: { run } });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('ends as one pull request that GitHub takes, though a thousand combinations failed', async () => {
    const review = await lab.review();
    expect(review).toMatchObject({ draft: false });
    expect(review?.body).toContain('2,000 of 3,000 verified');
    expect(Array.from(review?.body ?? '').length).toBeLessThan(65_536);
  });

  it('has a line for each combination on its branch', async () => {
    const tree = await lab.github.tree(`muster/${run}`);
    const csv = tree[`results/toy/${run}/combinations.csv`] ?? '';
    expect(csv.trimEnd().split('\n')).toHaveLength(3001);
  });
});
