import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { type PlanExtra, planComment } from '../../src/report/plan-comment.ts';
import { planText } from '../../src/report/plan-text.ts';
import { shellWords } from '../../src/report/shell-words.ts';

const plan: Plan = {
  grid: 'compas-full',
  runId: 'compas-full-0123456789ab',
  path: 'grids/compas-full.yaml',
  combinations: 1440,
  total: 1440,
  axes: [
    { name: 'alpha_ce', samples: ['0.1', '0.1544', '0.2385'], count: 10 },
    {
      name: 'kick_sigma',
      samples: ['150', '217', '300'],
      count: 3,
      unit: 'km/s',
      description: 'natal kicks',
    },
  ],
  samples: [{ label: 'alpha0.100_kick150', command: ['COMPAS', '--alpha', '0.1', '--note', "it's a|b"] }],
  classes: [
    {
      class: 0,
      resources: { vcpus: 1, memoryMib: 3072, gpus: 0, architecture: 'arm64', capacity: 'spot', ulimits: {} },
      queue: 'main',
      image: 'compas',
      timeoutSeconds: 14_400,
      expectedSeconds: 2880,
      combinations: 1440,
    },
  ],
  pilot: 2,
  slices: 1440,
  arrays: [{ array: 0, class: 0, firstSlice: 0, slices: 1440 }],
  reuse: {
    known: true,
    combinations: 40,
    runs: [{ run: 'compas-sparse-ba9876543210', combinations: 40, reviewed: false }],
    savesUsd: 1.2,
  },
  estimate: {
    usd: { low: 21, high: 31.5 },
    hours: { low: 5, high: 7.5 },
    ceilingUsd: 240,
    overshootUsd: 2.1,
    lines: [
      {
        instanceType: 'c7g.4xlarge',
        architecture: 'arm64',
        capacity: 'spot',
        width: 1000,
        perInstance: 16,
        hours: 5.5,
        usd: { low: 21, high: 28 },
      },
    ],
    storageUsdPerMonth: 0.4,
    prices: { date: '2026-01-15', source: 'price list of us-east-1' },
    assumptions: ['Instances start within 10 min.'],
  },
  budgetUsd: 60,
  hints: [
    { file: 'grids/compas-full.yaml', line: 12, message: 'two | values', fix: 'Write { value: [16, 30] }.' },
  ],
};

const extra: PlanExtra = { onMerge: 'launches', changes: [], findings: [], unknown: [] };

describe('a plan in a terminal', () => {
  test.each([
    [30, '30 combinations: 10 alpha_ce x 3 kick_sigma'],
    [12, '12 combinations: 10 alpha_ce, 3 kick_sigma'],
  ])('multiplies its axes only where that gives the count: %i', (total, line) => {
    expect(planText({ ...plan, combinations: total, total }).split('\n')[1]).toBe(line);
  });

  test('parts what a hint found from what to do', () => {
    expect(planText(plan)).toContain('two | values. Write { value: [16, 30] }.');
  });

  test('says one duration where the estimate has one', () => {
    const estimate = { ...plan.estimate, hours: { low: 1, high: 1 } };
    expect(planText({ ...plan, estimate })).toContain('$31.50, 1 h\n');
  });

  test('says where a budget is from that the grid does not say', () => {
    expect(planText({ ...plan, budgetIsOf: 'place' })).toContain(
      'Budget: $60.00 (money.run_usd, muster.yaml), passed by at most',
    );
  });

  test('reads as it should', () => {
    expect(planText(plan)).toMatchInlineSnapshot(`
      "compas-full  compas-full-0123456789ab  grids/compas-full.yaml
      1,440 combinations: 10 alpha_ce, 3 kick_sigma
      1,400 new, 40 reused: 40 from compas-sparse-ba9876543210 (not yet reviewed), which saves $1.20
      1,440 slices in 1 array; a pilot of 2 combinations goes first

      Axis        Values
      alpha_ce        10  0.1, 0.1544, 0.2385, …
      kick_sigma       3  150, 217, 300 km/s

      Class  Combinations  vCPU  Memory  Architecture  Capacity  Queue  Timeout  Expected
      0             1,440     1   3 GiB  arm64         spot      main       4 h    48 min

      Instance     Architecture  Capacity  At once  Per instance        Time              Cost
      c7g.4xlarge  arm64         spot        1,000            16  5 h 30 min  $21.00 to $28.00

      Estimate: $21.00 to $31.50, 5 h to 7 h 30 min
      Budget: $60.00, passed by at most $2.10 before a watch stops it
      Ceiling: $240.00, what it costs if every attempt of every combination runs into its timeout
      Storage: $0.40 a month
      Prices: 2026-01-15, price list of us-east-1
        assumed: Instances start within 10 min.

      hint: grids/compas-full.yaml:12: two | values. Write { value: [16, 30] }.

      alpha0.100_kick150
        COMPAS --alpha 0.1 --note 'it'\\''s a|b'
      "
    `);
  });

  test('rounds the digits that a generator wrote and keeps those of a person', () => {
    const axes = [
      {
        name: 'a',
        samples: ['0.31676392175331586', '-1.234567891e-7', '0.000100', '1.0', '01022500'],
        count: 5,
      },
    ];
    expect(planText({ ...plan, axes })).toContain('0.3168, -1.235e-7, 0.000100, 1.0, 01022500');
  });

  test('does not speak of money that nobody will be asked for', () => {
    const estimate = { ...plan.estimate, overshootUsd: 0, storageUsdPerMonth: 0 };
    const text = planText({ ...plan, estimate, budgetUsd: 1 });
    expect(text).toContain('Budget: $1.00\n');
    expect(text).not.toContain('Storage');
  });

  test('holds no command for a workflow runner', () => {
    const label = '::error::boom';
    expect(planText({ ...plan, samples: [{ label, command: [label] }] })).not.toMatch(/^\s*::/m);
  });

  test('says why reuse is not known', () => {
    expect(planText({ ...plan, reuse: { known: false, why: 'no credentials' } })).toContain(
      'reuse unknown: no credentials',
    );
  });

  test('says that no duration is known instead of a price', () => {
    const estimate = { ...plan.estimate, usd: null, hours: null };
    expect(planText({ ...plan, estimate })).toContain(
      'Estimate: not known: no expected duration and no history',
    );
  });
});

test('a command can be pasted into a shell', () => {
  expect(shellWords(['a', "it's", '', '$x'])).toBe("a 'it'\\''s' '' '$x'");
});

describe('a plan in a review', () => {
  test('reads as it should', () => {
    expect(planComment(plan, extra)).toMatchInlineSnapshot(`
      "### \`compas-full\`: 1,440 combinations, $21.00 to $31.50

      **Merging this launches run \`compas-full-0123456789ab\`.**

      | New | Reused | Slices | Time | Cost | Budget | Ceiling |
      | --: | --: | --: | --: | --: | --: | --: |
      | 1,400 | 40 | 1,440 | 5 h to 7 h 30 min | $21.00 to $31.50 | $60.00 | $240.00 |

      10 alpha\\_ce, 3 kick\\_sigma

      - 1,400 new, 40 reused: 40 from \`compas-sparse-ba9876543210\` (not yet reviewed), which saves $1.20
      - 1,440 slices in 1 array; a pilot of 2 combinations goes first
      - Budget: $60.00, passed by at most $2.10 before a watch stops it
      - Ceiling: $240.00, what it costs if every attempt of every combination runs into its timeout
      - Storage: $0.40 a month
      - Prices: 2026-01-15, price list of us-east-1

      **Hints**

      - line 12: two \\| values. Write { value: \\[16, 30\\] }.

      <details><summary>A combination and what it runs</summary>

      - \`alpha0.100_kick150\`\\
        \`COMPAS --alpha 0.1 --note 'it'\\''s a|b'\`

      </details>

      <details><summary>Axes</summary>

      | Axis | Values | First |  |
      | --- | --: | --- | --- |
      | \`alpha_ce\` | 10 | 0.1, 0.1544, 0.2385, … |  |
      | \`kick_sigma\` | 3 | 150, 217, 300 km/s | natal kicks |

      </details>

      <details><summary>Cost by instance and width, and what it assumes</summary>

      | Instance | Architecture | Capacity | At once | Per instance | Time | Cost |
      | --- | --- | --- | --: | --: | --: | --: |
      | c7g.4xlarge | arm64 | spot | 1,000 | 16 | 5 h 30 min | $21.00 to $28.00 |

      Assumed:

      - Instances start within 10 min.

      </details>

      <details><summary>Resources</summary>

      | Class | Combinations | vCPU | Memory | Architecture | Capacity | Queue | Timeout | Expected |
      | --- | --: | --: | --: | --- | --- | --- | --: | --: |
      | 0 | 1,440 | 1 | 3 GiB | arm64 | spot | main | 4 h | 48 min |

      </details>

      <sub>Run \`compas-full-0123456789ab\`, from \`grids/compas-full.yaml\`. Updated in place.</sub>
      "
    `);
  });

  test('puts findings first, errors before warnings, each with its fix', () => {
    const base = {
      code: 'network/egress',
      seen: 'No route.',
      why: 'Images cannot be pulled.',
      fix: 'aws ec2 x',
    };
    const findings = [
      { ...base, severity: 'warning' as const, code: 'w' },
      { ...base, severity: 'error' as const },
    ];
    expect(planComment(plan, { ...extra, findings })).toContain(
      '**Findings**\n\n- **error** No route. Images cannot be pulled. `aws ec2 x` (`network/egress`)\n- **warning** No route.',
    );
  });

  test('says what could not be looked up', () => {
    expect(planComment(plan, { ...extra, unknown: ['reuse: this fork has no credentials'] })).toContain(
      '- not checked: reuse: this fork has no credentials',
    );
  });

  test.each([
    ['launches', 'Merging this launches run `compas-full-0123456789ab`.'],
    ['manual', 'Merging this launches nothing: the grid is started by hand.'],
    ['nothing', 'Merging this launches nothing: this grid has run already as `compas-full-0123456789ab`.'],
  ] as const)('says what a merge does: %s', (onMerge, sentence) => {
    expect(planComment(plan, { ...extra, onMerge })).toContain(`**${sentence}**`);
  });

  test('mentions nobody whose name is in a label', () => {
    const text = planComment({ ...plan, samples: [{ label: '@octocat', command: ['@octocat'] }] }, extra);
    expect(text.replace(/`[^`]*`/g, '')).not.toContain('@octocat');
  });
});
