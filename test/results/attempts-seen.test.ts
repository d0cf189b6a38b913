import { expect, test } from 'vitest';
import { AttemptsSeen } from '../../src/results/attempts-seen.ts';
import { entry, failure, fragment } from './fixtures.ts';

const parts = [
  fragment({ part: 0, complete: false, startedAt: '2026-01-01T00:00:00.000Z', combinations: [entry(0)] }),
  fragment({
    ...{ part: 1, complete: true, startedAt: '2026-01-01T00:00:00.000Z' },
    writtenAt: '2026-01-01T00:02:00.000Z',
    combinations: [entry(1, { state: 'failed', failure: failure('later', { again: true }) })],
  }),
];

function seenOf(...fragments: readonly ReturnType<typeof fragment>[]) {
  const seen = new AttemptsSeen();
  for (const one of fragments) seen.add(one);
  return seen.of(0, 0);
}

test('the parts of an attempt are one attempt, in any order', () => {
  const [attempt, ...others] = seenOf(...parts);
  expect(others).toEqual([]);
  expect(attempt).toMatchObject({ complete: true, workMilliseconds: 20_000, programMilliseconds: 18_000 });
  expect((attempt?.endedAt ?? 0) - (attempt?.startedAt ?? 0)).toBe(120_000);
  expect(seenOf(...parts.toReversed())).toEqual([attempt]);
});

test('work that another attempt has to do again is told apart', () => {
  expect(seenOf(...parts)[0]?.repeatedMilliseconds).toBe(10_000);
});

test('attempts and jobs are told apart', () => {
  const some = [fragment(), fragment({ attempt: 2 }), fragment({ job: 'job-b' })];
  expect(seenOf(...some).map(({ job, attempt }) => [job, attempt])).toEqual([
    ['job-a', 1],
    ['job-a', 2],
    ['job-b', 1],
  ]);
});

test('a worker that does not say when it began began with its first combination', () => {
  const [attempt] = seenOf(fragment({ combinations: [entry(0), entry(1)] }));
  expect(attempt?.startedAt).toBe(Date.parse('2026-01-01T00:00:00.000Z'));
});
