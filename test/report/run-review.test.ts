import { describe, expect, test } from 'vitest';
import { failureLine } from '../../src/report/failure-text.ts';
import { bar, type RunProgress, type SliceState } from '../../src/report/run-progress.ts';
import { runReviewBody, runReviewTitle } from '../../src/report/run-review.ts';
import { statusText } from '../../src/report/status-text.ts';

const progress: RunProgress = {
  grid: 'demo',
  run: 'demo-0123456789ab',
  combinations: 10,
  phase: 'running',
  round: 0,
  slices: { total: 10, waiting: 3, starting: 0, running: 2, succeeded: 4, failed: 1, withoutResult: 0 },
  done: { succeeded: 4, failed: 1 },
  map: [
    'succeeded',
    'succeeded',
    'succeeded',
    'succeeded',
    'failed',
    'running',
    'running',
    'waiting',
    'waiting',
    'waiting',
  ],
  failedSlices: [4],
  unfinished: [],
  failures: [
    {
      class: 'memory',
      message: 'used 7001 MiB of 7168 MiB',
      count: 1,
      exitCode: 137,
      signal: null,
      examples: [{ index: 4, label: 'alpha=4', attempts: 2, logUrl: 'https://logs.example/4' }],
      tail: 'Killed\n',
    },
  ],
  money: { meteredUsd: 1, budgetUsd: 60, estimateUsd: { low: 1, high: 3 }, usdPerHour: 0.3, notes: [] },
  diagnosis: [],
  stopped: null,
  secondsLeft: 4000,
  lastWatch: '2026-03-01T10:00:00Z',
  nextWatch: '2026-03-01T10:10:00Z',
};

describe('the review of a running run', () => {
  test('reads as it should', () => {
    expect(runReviewBody(progress)).toMatchInlineSnapshot(`
      "**5 of 10 combinations finished, 1 failed; running; about 1 h 7 min to go**

      \`████████████████████░░░░░░░░░░░░░░░░░░░░ 50 %\`

      What failed can run again now or at the end; the rest goes on by itself. Results are committed to this branch when all slices have ended.

      | Spent at most | Budget | Estimate | Per hour now |
      | --: | --: | --: | --: |
      | $1.00 (2 %) | $60.00 | $1.00 to $3.00 | $0.30 |

      | Slices | Waiting | Starting | Running | Succeeded | Failed |
      | --: | --: | --: | --: | --: | --: |
      | 10 | 3 | 0 | 2 | 4 | 1 |

      \`\`\`text
      0 ████X▒▒···

      █ succeeded   ▒ running   · waiting   X failed
      \`\`\`

      ### Failed so far

      **1 x memory**: used 7001 MiB of 7168 MiB (exit 137)\\
      [\`alpha=4\`](https://logs.example/4)

      <details><summary>What alpha=4 printed last</summary>

      \`\`\`text
      Killed
      \`\`\`

      </details>

      ### What you can do

      \`\`\`sh
      # run what failed again
      muster rerun demo-0123456789ab --select failed
      # follow it
      muster watch demo-0123456789ab --follow
      # stop it and keep what succeeded
      muster cancel demo-0123456789ab
      \`\`\`

      <sub>Last seen 2026-03-01 10:00 UTC, next about 2026-03-01 10:10 UTC.</sub>
      "
    `);
  });

  test('counts slices without a result, where there are any', () => {
    const slices = { ...progress.slices, running: 0, withoutResult: 2 };
    const body = runReviewBody({ ...progress, slices });
    expect(body).toContain('| Succeeded | Failed | Without result |');
    expect(body).toContain('| 10 | 3 | 0 | 0 | 4 | 1 | 2 |');
    expect(statusText({ ...progress, slices })).toContain('1 failed, 2 without result');
  });

  test('has its progress in the title', () => {
    expect(runReviewTitle(progress)).toBe('demo: 5 of 10 finished');
  });

  test('says what is stuck and how to free it', () => {
    const diagnosis = [
      { code: 'no-capacity', summary: 'No instance can be had.', fix: 'Add instance types.' },
    ];
    expect(runReviewBody({ ...progress, diagnosis })).toContain(
      '### Needs attention\n\n- No instance can be had. Add instance types. (`no-capacity`)',
    );
  });

  test('says who stops it and why', () => {
    const stopped = { by: 'ada', why: '`stop_after` of *the* grid', at: '2026-03-01T10:05:00Z' };
    expect(runReviewBody({ ...progress, phase: 'cancelling', stopped })).toContain(
      '**Stopping**: `stop_after` of \\*the\\* grid (ada, 2026-03-01 10:05 UTC)',
    );
  });

  test('that is being stopped offers neither rerun nor another stop', () => {
    const stopped = { by: 'ada', why: 'a typo', at: '2026-03-01T10:05:00Z' };
    const body = runReviewBody({ ...progress, phase: 'cancelling', stopped });
    expect(body).not.toMatch(/muster (rerun|cancel)/);
  });

  test('tells readers of local pages nothing of workflows', () => {
    expect(runReviewBody(progress)).not.toContain('workflow');
  });

  test('names what it was launched from', () => {
    const origin = {
      ...{ path: 'grids/demo.yaml', sha256: 'd'.repeat(64), repository: 'lab/grids', commit: 'c0ffee' },
      ...{ actor: 'ada', engine: 'local', version: '0.1.0', createdAt: '2026-03-01T09:00:00Z', reused: 3 },
      images: [{ name: 'demo', identity: 'e'.repeat(64) }],
    };
    const body = runReviewBody({ ...progress, origin });
    expect(body).toContain(
      '| Grid | `grids/demo.yaml`, SHA-256 `dddddddddddd` |\n| Repository | lab/grids at `c0ffee` |',
    );
    expect(body).toContain('| Reused | 3 combinations |');
  });

  test('without failures offers no rerun', () => {
    expect(runReviewBody({ ...progress, failures: [] })).not.toContain('rerun');
  });
});

describe('the map of slices', () => {
  const slices = (total: number) => ({ ...progress.slices, total });
  const states = (total: number) =>
    Array.from({ length: total }, (_, at): SliceState => (at === 0 ? 'running' : 'waiting'));

  test('has a sign for each of 5,000 slices', () => {
    const body = runReviewBody({ ...progress, map: states(5000), slices: slices(5000) });
    expect(body.match(/·/g)).toHaveLength(5000);
  });

  test('is left out where all slices are in one state: their count says as much', () => {
    const waiting = Array.from({ length: 1440 }, (): SliceState => 'waiting');
    expect(runReviewBody({ ...progress, map: waiting })).not.toContain('·');
  });

  test('lists only failed slices above 5,000', () => {
    const body = runReviewBody({
      ...progress,
      map: states(5001),
      slices: slices(5001),
      failedSlices: [4999, 12],
    });
    expect(body).not.toContain('·');
    expect(body).toContain('Failed slices: 12, 4,999');
  });
});

test('the bar is full only when all combinations are finished', () => {
  const at = (succeeded: number) => bar({ combinations: 1000, done: { succeeded, failed: 0 } });
  expect([at(999), at(1000)]).toEqual([`${'█'.repeat(39)}░ > 99 %`, `${'█'.repeat(40)} 100 %`]);
});

describe('the status in a terminal', () => {
  test('reads as it should', () => {
    expect(statusText(progress)).toMatchInlineSnapshot(`
      "demo  demo-0123456789ab
      ████████████████████░░░░░░░░░░░░░░░░░░░░ 50 %, about 1 h 7 min to go
      state    running, round 0
      done     4 ended well, 1 failed of 10 combinations; verified when they are published
      slices   3 waiting, 2 running, 4 succeeded, 1 failed
      money    $1.00 at most of $60.00, estimate $1.00 to $3.00, $0.30 an hour now
      failed  alpha=4  (memory, 2 attempts)  used 7001 MiB of 7168 MiB
      Last seen 2026-03-01 10:00 UTC, next about 2026-03-01 10:10 UTC.
      "
    `);
  });

  test('calls nothing succeeded before it is published', () => {
    const done = { succeeded: 10, failed: 0, missing: 0 };
    const ended = { ...progress, done, secondsLeft: 0 };
    expect(statusText(ended)).toContain('10 ended well, 0 failed');
    expect(statusText(ended)).not.toContain('10 succeeded');
    expect(statusText({ ...ended, phase: 'published' })).toContain('10 succeeded, 0 failed of 10');
  });

  test('expects nothing more to come of a run whose slices have all ended', () => {
    expect(statusText({ ...progress, secondsLeft: 0 })).not.toContain('to go');
  });

  test('tells what it is stuck at on a line of its own, and below it what others say and what to do', () => {
    const summary = 'The role needs batch:SubmitJob.\n  AWS says: "no"';
    const text = statusText({ ...progress, diagnosis: [{ code: 'REFUSED', summary, fix: 'Grant it.' }] });
    expect(text).toContain(
      'stuck    The role needs batch:SubmitJob.\n         AWS says: "no"\n         Grant it.\n',
    );
  });

  test('counts the failures it does not list', () => {
    const [group] = progress.failures;
    if (group === undefined) throw new Error('the fixture has a failure');
    expect(statusText({ ...progress, failures: [{ ...group, count: 100 }] })).toContain(
      'and 99 other failures',
    );
  });
});

test('a failure is one line that no runner takes for a command', () => {
  const line = failureLine({
    label: 'a=1\n::error::x',
    class: 'program',
    message: 'exit 3:\nbad',
    attempts: 3,
  });
  expect(line.replaceAll('\u200b', '')).toBe('failed  a=1 ::error::x  (program, 3 attempts)  exit 3: bad');
  expect(line).not.toMatch(/\n|^\s*::/);
});
