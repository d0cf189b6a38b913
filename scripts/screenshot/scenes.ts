import type { CommitStatus } from '../../src/forge/forge.ts';
import type { StoredReview } from '../../src/forge/local/reviews.ts';
import { type Figure, renderFigures } from '../../src/report/figures/figures.ts';
import { planComment } from '../../src/report/plan-comment.ts';
import { contexts, progressStatus } from '../../src/report/progress-status.ts';
import { type Published, publishedBody } from '../../src/report/published.ts';
import type { RunProgress } from '../../src/report/run-progress.ts';
import { runReviewBody, runReviewTitle } from '../../src/report/run-review.ts';
import { verdict } from '../../src/report/verdict.ts';
import {
  github,
  planScene,
  progressScene,
  publishedScene,
  runOf,
  type Size,
} from '../../test/report/scenes.ts';

/** A page of GitHub's as a preview; `height` (pixels) of those that README and docs show. */
export interface Scene {
  readonly name: string;
  readonly review: StoredReview;
  readonly statuses: readonly CommitStatus[];
  readonly figures: readonly Figure[];
  readonly height?: number;
}

const plain = { onMerge: 'launches', changes: [], findings: [], unknown: [], controls: github } as const;

export async function scenes(): Promise<readonly Scene[]> {
  const approval = { by: 'reviewers', environment: 'spend', usd: 31.54, aboveUsd: 25 } as const;
  const typing = { by: 'typing', usd: 31.54, aboveUsd: 25 } as const;
  const refused = {
    ...{
      code: 'network/egress',
      severity: 'error' as const,
      why: 'Slices start and cannot pull their image.',
    },
    seen: 'subnet-0ab12c34d5e6f7081 has no way out: its route table has neither NAT nor endpoints.',
    fix: 'aws ec2 create-vpc-endpoint --vpc-id vpc-0123 --service-name com.amazonaws.us-east-1.s3',
  };
  const changes = ['Axis `kick_sigma` is new (3 values).', 'Axis `alpha_ce`: 5 to 10 values.'];
  return [
    plan('plan', planComment(planScene('full'), { ...plain, approval, changes }), 790),
    plan('plan-refused', planComment(planScene('full'), { ...plain, approval: typing, findings: [refused] })),
    plan('plan-typing', planComment(planScene('full'), { ...plain, approval: typing })),
    plan(
      'plan-fork',
      planComment(planScene('full', { reuse: { known: false, why: 'this fork has no credentials' } }), {
        ...plain,
        unknown: ['Spot prices: this fork has no credentials'],
      }),
    ),
    draft('draft', progressScene('full'), 1330),
    draft('draft-waiting', waiting()),
    draft('draft-rerun', rerun()),
    draft('draft-stopping', stopping()),
    await published('results-small', 'small', await publishedScene('small')),
    await published(
      'results',
      'full',
      await publishedScene('full', (_, at) => (at === 317 || at === 641 ? 'failed' : 'succeeded')),
      1170,
    ),
    await published(
      'results-axis',
      'large',
      await publishedScene('large', ({ kick_sigma }) => (kick_sigma === 265 ? 'failed' : 'succeeded')),
    ),
    await published('results-budget', 'full', await overBudget()),
  ];
}

const base = {
  number: 12,
  branch: `muster/${runOf('full')}`,
  state: 'open' as const,
  stage: 'draft' as const,
};

function plan(name: string, body: string, height?: number): Scene {
  const review = { ...base, branch: 'more-kicks', title: 'Scan natal kicks', stage: 'ready' as const };
  return {
    name,
    review: { ...review, body, comments: [] },
    statuses: [],
    figures: [],
    ...(height && { height }),
  };
}

function draft(name: string, progress: RunProgress, height?: number): Scene {
  const status = {
    context: contexts.progress,
    state: 'pending',
    description: progressStatus(progress),
  } as const;
  const review = {
    ...base,
    title: runReviewTitle(progress),
    body: runReviewBody(progress, github),
    comments: [],
  };
  return { name, review, statuses: [status], figures: [], ...(height && { height }) };
}

async function published(name: string, size: Size, facts: Published, height?: number): Promise<Scene> {
  const figures = await renderFigures(facts.summary);
  const line = verdict(facts.summary, facts);
  const resultsPath = `results/${facts.grid}/${runOf(size)}`;
  const body = publishedBody({ ...facts, figures }, { figureUrl: (file) => file, resultsPath });
  const { succeeded } = facts.summary.states;
  const state = succeeded === facts.summary.combinations ? 'success' : 'failure';
  const statuses = [{ context: contexts.complete, state, description: line }] as const;
  const review = { ...base, stage: 'ready' as const, title: `${facts.grid}: ${line}`, body, comments: [] };
  return { name, review, statuses, figures, ...(height && { height }) };
}

function waiting(): RunProgress {
  const all = progressScene('full');
  const counts = {
    total: 1440,
    waiting: 1440,
    starting: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    withoutResult: 0,
  };
  return {
    ...all,
    ...{
      slices: counts,
      done: { succeeded: 0, failed: 0 },
      failures: [],
      failedSlices: [],
      secondsLeft: null,
    },
    map: Array.from({ length: 1440 }, () => 'waiting' as const),
    money: { ...all.money, meteredUsd: 0, usdPerHour: 0 },
    diagnosis: [
      {
        code: 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY',
        summary:
          'No slice has started for 45 min: EC2 has no Spot capacity for c7g in us-east-1a and us-east-1b.',
        fix: `Wait, allow more instance types, or \`muster rerun ${runOf('full')} --select missing --capacity on-demand\`.`,
      },
    ],
  };
}

function rerun(): RunProgress {
  const all = progressScene('full');
  const slices = {
    total: 1442,
    waiting: 1,
    starting: 0,
    running: 1,
    succeeded: 1438,
    failed: 2,
    withoutResult: 0,
  };
  return {
    ...all,
    ...{
      round: 1,
      slices,
      done: { succeeded: 1438, failed: 0 },
      failures: [],
      failedSlices: [],
      secondsLeft: 2900,
    },
    map: ['running', 'waiting'],
  };
}

function stopping(): RunProgress {
  const why = 'the budget of $60.00 is reached: $59.20 metered, $9.40 an hour';
  return {
    ...progressScene('full', { phase: 'cancelling' }),
    stopped: { by: 'muster', why, at: '2026-11-20T10:13:00Z' },
  };
}

function overBudget(): Promise<Published> {
  const why = 'the budget of $20.00 is reached: $19.20 metered, $9.40 an hour';
  return publishedScene('full', (_, at) => (at < 1020 ? 'succeeded' : 'missing'), {
    ...{ budgetUsd: 20, stopped: { by: 'muster', why, at: '2026-11-20T10:53:00Z' } },
  });
}
