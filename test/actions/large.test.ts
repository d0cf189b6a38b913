import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toyGrid } from '../cli/place.ts';
import { Laboratory } from './laboratory.ts';

const grids = 60;

const gridOf = (index: number) => {
  const axes = Array.from({ length: 12 }, (_, at) => `  axis_${at}: [1, 2]\n`).join('');
  return `${toyGrid.replace('name: toy', `name: toy-${index}`).replace('  scale: 1\n', axes).replace('label: "n{n}_{side}"\n', '')}launch: { on: commit }\n`;
};

describe('a pull request with sixty grids of 49,152 combinations', () => {
  let lab: Laboratory;
  let comment = '';
  let summary = '';
  let plans: { combinations: number }[] = [];
  beforeAll(async () => {
    lab = await Laboratory.open();
    const files = Array.from({ length: grids }, (_, at) => [`grids/toy-${at}.yaml`, gridOf(at)] as const);
    await lab.push(Object.fromEntries(files), 'many');
    const { number, event } = await lab.pullRequest('many');
    const step = await lab.good({ action: 'plan-grid', job: 'plan/plan', event });
    summary = step.summary;
    plans = JSON.parse(step.outputs.plans ?? '[]');
    comment = (await lab.github.comments(number))[0]?.body ?? '';
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  it('is planned whole', () => {
    expect(plans).toHaveLength(grids);
    expect(new Set(plans.map(({ combinations }) => combinations))).toEqual(new Set([49_152]));
  });

  it('has a comment that GitHub takes, cut with a word about it and nothing left open', () => {
    expect(Array.from(comment).length).toBeGreaterThan(60_000);
    expect(Array.from(comment).length).toBeLessThan(65_536);
    expect(comment).toMatch(/Cut here|was cut/);
    expect(comment.match(/<details>/g)?.length).toBe(comment.match(/<\/details>/g)?.length);
  });

  it('has a summary that GitHub takes', () => {
    expect(Buffer.byteLength(summary)).toBeLessThan(2 ** 20);
  });
});
