import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fragment } from '../../src/results/fragment.ts';
import { entry, failure, fragment, keyOf, merged } from './fixtures.ts';

const count = 5;

const anyEntry = fc
  .record({
    index: fc.integer({ min: 0, max: count - 1 }),
    state: fc.constantFrom('succeeded' as const, 'failed' as const),
    work: fc.string({ maxLength: 4 }),
    // Sevenths do not add up exactly as binary fractions: sums must not depend on their order.
    totalSeconds: fc.integer({ min: 0, max: 100 }).map((sevenths) => sevenths / 7),
  })
  .map(({ index, state, work, totalSeconds }) =>
    entry(index, { state, work, usage: { ...entry(index).usage, totalSeconds } }),
  );

const anyFragment: fc.Arbitrary<Fragment> = fc
  .record({
    round: fc.nat({ max: 2 }),
    slice: fc.nat({ max: 1 }),
    job: fc.constantFrom('job-a', 'job-b', 'job-c'),
    attempt: fc.integer({ min: 1, max: 11 }),
    part: fc.nat({ max: 1 }),
    image: fc.constantFrom('image-a', 'image-b'),
    second: fc.nat({ max: 59 }),
    combinations: fc.array(anyEntry, { maxLength: 4 }),
  })
  .map(({ second, ...rest }) =>
    fragment({ ...rest, writtenAt: `2026-01-01T00:00:${String(second).padStart(2, '0')}Z` }),
  );

const anyFragments = fc.uniqueArray(anyFragment, { selector: keyOf, maxLength: 12 });

const anyFailures = fc.array(
  fc.record({
    round: fc.nat({ max: 2 }),
    indexes: fc.uniqueArray(fc.nat({ max: count - 1 })),
    failure: fc.constantFrom('host lost', 'no memory').map((message) => failure(message)),
    attempts: fc.nat({ max: 2 }),
  }),
  { maxLength: 3 },
);

const shuffled = <T>(items: readonly T[]) =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

const anyCase = fc.tuple(anyFragments, anyFailures).chain(([fragments, failures]) =>
  fc.record({
    fragments: fc.constant(fragments),
    failures: fc.constant(failures),
    otherFragments: shuffled(fragments),
    otherFailures: shuffled(failures),
  }),
);

const rules = {
  count,
  recorded: (round: number) => (round === 1 ? undefined : { job: 'job-b' }),
  price: ({ round }: { readonly round: number }) => 0.1 + round / 3,
};

test('the same bytes come out in whatever order fragments and failures come in', async () => {
  await fc.assert(
    fc.asyncProperty(anyCase, async ({ fragments, failures, otherFragments, otherFailures }) => {
      const one = await merged({ ...rules, fragments, engineFailures: failures });
      const other = await merged({ ...rules, fragments: otherFragments, engineFailures: otherFailures });
      expect(JSON.stringify(other)).toBe(JSON.stringify(one));
    }),
    { numRuns: 150 },
  );
});

test('a combination has succeeded exactly when some fragment says so', async () => {
  await fc.assert(
    fc.asyncProperty(anyFragments, anyFailures, async (fragments, engineFailures) => {
      const { outcomes } = await merged({ ...rules, fragments, engineFailures });
      const reported = fragments.flatMap(({ combinations }) => combinations);
      const succeeded = new Set(
        reported.filter(({ state }) => state === 'succeeded').map(({ index }) => index),
      );
      for (const { combination, state } of outcomes) {
        expect(state === 'succeeded').toBe(succeeded.has(combination.index));
      }
    }),
    { numRuns: 150 },
  );
});

test('a combination is missing exactly when neither fragment nor engine speaks of it', async () => {
  await fc.assert(
    fc.asyncProperty(anyFragments, anyFailures, async (fragments, engineFailures) => {
      const { outcomes } = await merged({ ...rules, fragments, engineFailures });
      const spokenOf = new Set([
        ...fragments.flatMap(({ combinations }) => combinations.map(({ index }) => index)),
        ...engineFailures.flatMap(({ indexes }) => [...indexes]),
      ]);
      const missing = outcomes
        .filter(({ state }) => state === 'missing')
        .map((outcome) => outcome.combination.index);
      expect(missing).toEqual([0, 1, 2, 3, 4].filter((index) => !spokenOf.has(index)));
    }),
    { numRuns: 150 },
  );
});

test('more fragments never lose a success', async () => {
  await fc.assert(
    fc.asyncProperty(anyFragments, async (fragments) => {
      const before = await merged({ ...rules, fragments: fragments.slice(1) });
      const after = await merged({ ...rules, fragments });
      before.outcomes.forEach(({ state }, index) => {
        if (state === 'succeeded') expect(after.outcomes[index]?.state).toBe('succeeded');
      });
    }),
    { numRuns: 100 },
  );
});
