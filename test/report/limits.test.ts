import { expect, test } from 'vitest';
import type { FailureGroup } from '../../src/report/failure-groups.ts';
import { planComment, plansComment } from '../../src/report/plan-comment.ts';
import { publishedBody } from '../../src/report/published.ts';
import { runReviewBody } from '../../src/report/run-review.ts';
import { github, planScene, progressScene, publishedScene, sizeOf } from './scenes.ts';

const extra = { onMerge: 'launches', changes: [], findings: [], unknown: [], controls: github } as const;
const length = (text: string) => [...text].length;
const long = 'x'.repeat(70_000);
/** Of what a forge takes, in code points (GH 2.3). */
const limit = 65_000;

test('a comment about findings of any length fits, with the verdict first', () => {
  const finding = { code: 'a/b', severity: 'error' as const, seen: long, why: long, fix: long };
  const body = planComment(planScene('large'), {
    ...extra,
    findings: Array.from({ length: 100 }, () => finding),
  });
  expect(length(body)).toBeLessThanOrEqual(limit);
  expect(body).toContain('**Not ready: 100 errors to mend');
});

test('a comment about a hundred grids fits, with all of them in its table', () => {
  const plans = Array.from({ length: 100 }, () => ({ plan: planScene('large'), extra }));
  const body = plansComment(plans);
  expect(length(body)).toBeLessThanOrEqual(limit);
  expect(body.match(/^\| `compas-wide` \|/gm)).toHaveLength(100);
});

const failed = (at: number): FailureGroup => ({
  ...{ class: 'program', message: `${at} ${long}`, count: 3000, exitCode: 1, signal: null, advice: long },
  examples: Array.from({ length: 10 }, (_, index) => ({
    index,
    label: long,
    attempts: 1,
    url: `https://a/${long}`,
  })),
  tail: `${long}\n`.repeat(100),
});

test('the review of 3,000 combinations that all fail, each in its own way, fits', () => {
  const failures = Array.from({ length: 100 }, (_, at) => failed(at));
  const body = runReviewBody(progressScene('large', { failures }), github);
  expect(length(body)).toBeLessThanOrEqual(limit);
  expect(body).toContain('1,682 of 3,000 combinations finished');
});

test('the review of 3,000 combinations has a sign for each of them', () => {
  const body = runReviewBody(progressScene('large', { failures: [] }), github);
  const map = body.split('```text\n')[1]?.split('\n\n')[0] ?? '';
  expect(map.replaceAll(/^ *\d+ |\n/gm, '')).toHaveLength(sizeOf('large'));
});

test('the review of a finished run with a whole axis failed names the axis, and a few of the 500', async () => {
  const body = publishedBody(
    await publishedScene('large', ({ kick_sigma }) => (kick_sigma === 265 ? 'failed' : 'succeeded')),
    { figureUrl: (name) => name, resultsPath: 'results' },
  );
  expect(body).toContain('- Everything that failed or is missing has `kick_sigma = 265`.');
  expect(body).toContain(' and 497 others');
  expect(length(body)).toBeLessThan(10_000);
});
