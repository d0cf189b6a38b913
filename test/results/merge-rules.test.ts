import { describe, expect, test } from 'vitest';
import type { Fragment } from '../../src/results/fragment.ts';
import type { EngineFailure } from '../../src/results/merge.ts';
import { entry, failure, fragment, merged, type Scenario } from './fixtures.ts';

/** A fragment with one report on combination 0; `work` tells which report became the verdict. */
const says = (state: 'succeeded' | 'failed', work: string, changes: Partial<Fragment> = {}): Fragment =>
  fragment({ ...changes, combinations: [entry(0, { state, work })] });

const engineSays = (message: string, changes: Partial<EngineFailure> = {}): EngineFailure => ({
  round: 0,
  indexes: [0],
  failure: failure(message, { class: 'host' }),
  attempts: 1,
  ...changes,
});

const recordsJobB: Scenario['recorded'] = () => ({ job: 'job-b' });

interface Rule {
  readonly rule: string;
  readonly scenario: Scenario;
  readonly state: 'succeeded' | 'failed' | 'missing';
  /** The `work` of the report, or the message of the failure, that became the verdict. */
  readonly from: string | undefined;
}

const rules: readonly Rule[] = [
  { rule: 'nothing reported is missing', scenario: {}, state: 'missing', from: undefined },
  {
    rule: 'a fragment of its slice that does not name it leaves it missing',
    scenario: { fragments: [fragment({ complete: false })] },
    state: 'missing',
    from: undefined,
  },
  {
    rule: 'a report is the verdict',
    scenario: { fragments: [says('succeeded', 'only')] },
    state: 'succeeded',
    from: 'only',
  },
  {
    rule: 'without a report, what the engine recorded is the verdict',
    scenario: { engineFailures: [engineSays('host lost')] },
    state: 'failed',
    from: 'host lost',
  },
  {
    rule: 'a reported failure says more than the engine about the same round',
    scenario: { fragments: [says('failed', 'report')], engineFailures: [engineSays('exit 1')] },
    state: 'failed',
    from: 'report',
  },
  {
    rule: 'a success stands against an engine failure of the same round',
    scenario: { fragments: [says('succeeded', 'good')], engineFailures: [engineSays('host lost')] },
    state: 'succeeded',
    from: 'good',
  },
  {
    rule: 'a success stands against an engine failure of a newer round',
    scenario: {
      fragments: [says('succeeded', 'good')],
      engineFailures: [engineSays('host lost', { round: 3 })],
    },
    state: 'succeeded',
    from: 'good',
  },
  {
    rule: 'a newer round that ran and died is the verdict over an older reported failure',
    scenario: {
      fragments: [says('failed', 'old')],
      engineFailures: [engineSays('out of memory', { round: 1 })],
    },
    state: 'failed',
    from: 'out of memory',
  },
  {
    rule: 'a newer round that never ran does not hide an older reported failure',
    scenario: {
      fragments: [says('failed', 'old')],
      engineFailures: [engineSays('cancelled', { round: 1, attempts: 0 })],
    },
    state: 'failed',
    from: 'old',
  },
  {
    rule: 'an older engine failure does not hide a newer reported one',
    scenario: {
      fragments: [says('failed', 'new', { round: 1 })],
      engineFailures: [engineSays('host lost')],
    },
    state: 'failed',
    from: 'new',
  },
  {
    rule: 'of two engine failures the newer round counts',
    scenario: { engineFailures: [engineSays('second', { round: 1 }), engineSays('first')] },
    state: 'failed',
    from: 'second',
  },
  {
    rule: 'an engine failure that ran counts more than a newer one that did not',
    scenario: {
      engineFailures: [engineSays('ran'), engineSays('never started', { round: 1, attempts: 0 })],
    },
    state: 'failed',
    from: 'ran',
  },
  {
    rule: 'a later attempt that failed never replaces a success',
    scenario: { fragments: [says('succeeded', 'good'), says('failed', 'late', { attempt: 2 })] },
    state: 'succeeded',
    from: 'good',
  },
  {
    rule: 'a newer round that failed never replaces a success',
    scenario: { fragments: [says('failed', 'late', { round: 1 }), says('succeeded', 'good')] },
    state: 'succeeded',
    from: 'good',
  },
  {
    rule: 'a failure in the recorded job never replaces the success of a stray one',
    scenario: {
      fragments: [says('succeeded', 'good'), says('failed', 'late', { job: 'job-b' })],
      recorded: recordsJobB,
    },
    state: 'succeeded',
    from: 'good',
  },
];

for (const state of ['succeeded', 'failed'] as const) {
  const among = state === 'succeeded' ? 'among successes' : 'among failures';
  const pair = (
    rule: string,
    winner: Partial<Fragment>,
    loser: Partial<Fragment>,
    scenario: Scenario = {},
  ) => [
    {
      rule: `${among} ${rule}`,
      scenario: { ...scenario, fragments: [says(state, 'winner', winner), says(state, 'loser', loser)] },
      state,
      from: 'winner',
    },
    {
      rule: `${among} ${rule}, whichever comes first`,
      scenario: { ...scenario, fragments: [says(state, 'loser', loser), says(state, 'winner', winner)] },
      state,
      from: 'winner',
    },
  ];
  (rules as Rule[]).push(
    ...pair(
      'the newest round counts before the recorded job and the attempt',
      { round: 1, job: 'job-c' },
      { round: 0, job: 'job-b', attempt: 5 },
      { recorded: recordsJobB },
    ),
    ...pair(
      'the recorded job counts before the attempt',
      { job: 'job-b' },
      { job: 'job-c', attempt: 5 },
      { recorded: recordsJobB },
    ),
    ...pair('the highest attempt counts before the job id', { attempt: 2 }, { job: 'job-z' }),
    ...pair('attempts are numbers, not text', { attempt: 10 }, { attempt: 9 }),
    ...pair('the job id decides between equal attempts', { job: 'job-b' }, { job: 'job-a', part: 7 }),
    ...pair('the later part of one attempt counts', { part: 1 }, { part: 0 }),
    ...pair('the later slice is the last resort', { slice: 2 }, { slice: 1 }),
  );
}

describe('one combination', () => {
  test.each(rules)('$rule', async ({ scenario, state, from }) => {
    const { outcomes } = await merged(scenario);
    const [outcome] = outcomes;
    expect(outcomes).toHaveLength(1);
    expect(outcome?.state).toBe(state);
    expect(outcome?.work ?? outcome?.failure?.message).toBe(from);
  });
});

test('the recorded job is looked up by round and array', async () => {
  const { outcomes } = await merged({
    fragments: [
      says('succeeded', 'stray', { round: 2, array: 3, job: 'job-z' }),
      says('succeeded', 'recorded', { round: 2, array: 3, job: 'job-a' }),
    ],
    recorded: (round, array) => ({ job: round === 2 && array === 3 ? 'job-a' : 'job-z' }),
  });
  expect(outcomes[0]?.work).toBe('recorded');
});

test('of two lines on one combination in one part the later one counts', async () => {
  const two = fragment({ combinations: [entry(0, { work: 'first' }), entry(0, { work: 'second' })] });
  const { outcomes } = await merged({ fragments: [two] });
  expect(outcomes[0]?.work).toBe('second');
});

test('a failed line without a reason is still failed with one', async () => {
  const { outcomes } = await merged({
    fragments: [fragment({ combinations: [entry(0, { state: 'failed', failure: null })] })],
  });
  expect(outcomes[0]?.failure?.class).toBe('unknown');
});

test('a success carries no failure, whatever the fragment says', async () => {
  const { outcomes } = await merged({
    fragments: [fragment({ combinations: [entry(0, { failure: failure('leftover') })] })],
  });
  expect(outcomes[0]).not.toHaveProperty('failure');
});
