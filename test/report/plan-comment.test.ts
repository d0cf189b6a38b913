import { describe, expect, test } from 'vitest';
import { type Approval, type PlanExtra, planComment, plansComment } from '../../src/report/plan-comment.ts';
import { github, planScene } from './scenes.ts';

const extra: PlanExtra = { onMerge: 'launches', changes: [], findings: [], unknown: [], controls: github };
const plan = planScene('full');
const usd = { usd: 31.54, aboveUsd: 25 };
const typing: Approval = { ...usd, by: 'typing' };
const finding = {
  code: 'a/b',
  severity: 'error' as const,
  seen: 'No route.',
  why: 'Nothing starts.',
  fix: 'aws ec2 x',
};

describe('the first line of a plan', () => {
  test.each<[string, Partial<PlanExtra>]>([
    ['Merging this launches run `compas-full-5d088f390c1e`.', {}],
    [
      'Merging this launches run `compas-full-5d088f390c1e` once a reviewer has agreed to its cost.',
      { approval: { ...usd, by: 'reviewers', environment: 'spend' } },
    ],
    ['Merging this launches nothing until somebody agrees to its cost.', { approval: typing }],
    ['Merging this launches run `compas-full-5d088f390c1e`.', { approval: { ...usd, by: 'typed' } }],
    [
      'Not ready: 1 error to mend, named below. Until then a launch would be refused.',
      { approval: typing, findings: [finding] },
    ],
  ])('is %s', (line, change) => {
    expect(planComment(plan, { ...extra, ...change }).split('\n')[2]).toBe(`**${line}**`);
  });
});

describe('a plan above the threshold', () => {
  test('names the environment whose reviewers are asked', () => {
    const approval = { ...usd, by: 'reviewers' as const, environment: 'spend' };
    expect(planComment(plan, { ...extra, approval })).toContain(
      '$31.54 is above $25.00 (`money.approval_above_usd`): the launch waits for a reviewer of environment `spend`.',
    );
  });

  test('where nobody reviews has the dispatch that agrees to it, ready to paste', () => {
    expect(planComment(plan, { ...extra, approval: typing })).toContain(
      'gh workflow run launch.yml -f grid=grids/compas-full.yaml -f approve-run=compas-full-5d088f390c1e -f approve-usd=31.54\n',
    );
  });

  test('at a terminal has the command instead', () => {
    const { controls: _, ...local } = extra;
    expect(planComment(plan, { ...local, approval: typing })).toContain(
      'muster launch grids/compas-full.yaml --approve-usd 31.54\n',
    );
  });

  test('tells nobody to agree while there is something to mend', () => {
    expect(planComment(plan, { ...extra, approval: typing, findings: [finding] })).not.toContain('approve');
  });
});

test('a grid that is started by hand says how', () => {
  expect(planComment(plan, { ...extra, onMerge: 'manual' })).toContain(
    'To start it: workflow [**launch**](https://github.com/lab/binaries/actions/workflows/launch.yml) with `grid`: `grids/compas-full.yaml`.',
  );
});

test('a fork reads what is not known, not that there is nothing to reuse', () => {
  const body = planComment(
    planScene('full', { reuse: { known: false, why: 'this fork has no credentials' } }),
    extra,
  );
  expect(body).toContain('| not known | not known | 1,440 |');
  expect(body).toContain('reuse unknown: this fork has no credentials');
});

describe('several grids', () => {
  const plans = [
    { plan, extra: { ...extra, approval: typing } },
    { plan: planScene('small'), extra: { ...extra, findings: [finding] } },
    { plan: planScene('large'), extra: { ...extra, onMerge: 'manual' as const } },
  ];

  test('are a table of what each costs and does, then folds', () => {
    const body = plansComment(plans);
    expect(body).toContain('### 3 grids: 4,480 combinations');
    expect(body).toContain('| `compas-full` | 1,440 | $21.02 to $31.54 | $316.80 | waits for approval |');
    expect(body).toMatch(/^\| `compas-sparse` \|.*\| 1 error \|$/m);
    expect(body).toMatch(/^\| `compas-wide` \|.*\| launches nothing \|$/m);
    expect(body.match(/^<details><summary>compas-/gm)).toHaveLength(3);
  });

  test('are no table when there is one', () => {
    expect(plansComment(plans.slice(0, 1))).toBe(planComment(plan, { ...extra, approval: typing }));
  });

  test('may be none', () => {
    expect(plansComment([])).toBe('This changes no grid.\n');
  });
});
