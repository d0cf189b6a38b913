import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atSubmission, mayContinue, meter, type Reading } from '../../src/money/meter.ts';

const start = Date.parse('2026-11-20T00:00:00Z');
const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
const none = { submitted: 0, pending: 0, runnable: 0, starting: 0, running: 0, succeeded: 0, failed: 0 };
const reading = (seconds: number, counts: Partial<Reading['counts']>): Reading => ({
  counts: { ...none, ...counts },
  at: at(seconds),
});
const terms = { timeoutSeconds: 3600, usdPerSliceHour: 0.36 }; // 1 cent in 100 s

describe('the meter', () => {
  test.each([
    { what: 'those that ran throughout', before: { running: 5 }, after: { running: 5 }, slices: 5 },
    { what: 'those that were starting', before: { starting: 3 }, after: { running: 3 }, slices: 3 },
    { what: 'those that ended since', before: { running: 4 }, after: { succeeded: 3, failed: 1 }, slices: 4 },
    {
      what: 'those that started since',
      before: { runnable: 6 },
      after: { runnable: 2, running: 4 },
      slices: 4,
    },
    {
      what: 'those that started and ended since',
      before: { submitted: 2 },
      after: { succeeded: 2 },
      slices: 2,
    },
    { what: 'nobody who only waits', before: { pending: 9 }, after: { runnable: 9 }, slices: 0 },
    { what: 'those that went back to the queue', before: { running: 2 }, after: { runnable: 2 }, slices: 2 },
  ])('charges $what', ({ before, after, slices }) => {
    expect(meter(reading(0, before), reading(100, after), terms).usd).toBeCloseTo(slices * 0.01, 9);
  });

  test('charges an attempt that is known to have come and gone unseen', () => {
    const [before, after] = [reading(0, { runnable: 2 }), reading(100, { runnable: 2 })];
    expect(meter(before, after, { ...terms, returned: 1 }).usd).toBeCloseTo(0.01, 9);
  });

  test('charges nobody for longer than the timeout', () => {
    const charged = meter(reading(0, { running: 1 }), reading(86_400, { succeeded: 1 }), terms);
    expect(charged.usd).toBeCloseTo(0.36, 9);
  });

  test('adds nothing for a look that is older or the same', () => {
    expect(meter(reading(50, { running: 1 }), reading(50, { running: 1 }), terms).usd).toBe(0);
    expect(meter(reading(50, { running: 1 }), reading(20, { running: 1 }), terms).usd).toBe(0);
  });

  test('burns what starts and runs now', () => {
    const after = reading(100, { starting: 1, running: 2, runnable: 9, succeeded: 5 });
    expect(meter(reading(0, { running: 3 }), after, terms).burnUsdPerHour).toBeCloseTo(3 * 0.36, 9);
  });
});

/** One attempt of a slice: waits, then holds a machine; the end of all but the last puts the slice back in the queue. */
const attempt = fc.record({ wait: fc.integer({ min: 0, max: 400 }), run: fc.integer({ min: 1, max: 500 }) });
const timeline = fc.record({
  slices: fc.array(fc.array(attempt, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
  gaps: fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
});
type Attempts = readonly { readonly wait: number; readonly run: number }[];
interface Span {
  readonly from: number;
  readonly to: number;
  readonly last: boolean;
}

/** When each attempt of a slice held its machine. */
function spansOf(attempts: Attempts): readonly Span[] {
  let now = 0;
  return attempts.map(({ wait, run }, number) => {
    const from = now + wait;
    now = from + run;
    return { from, to: now, last: number === attempts.length - 1 };
  });
}

function summaryAt(slices: readonly (readonly Span[])[], seconds: number): Reading {
  const counts = { ...none };
  for (const spans of slices) {
    if (spans.some((span) => span.from <= seconds && seconds < span.to)) counts.running += 1;
    else if (spans.some((span) => span.last && span.to <= seconds)) counts.succeeded += 1;
    else counts.runnable += 1;
  }
  return { counts, at: at(seconds) };
}

const timeoutSeconds = 500;

describe('the meter over a whole run', () => {
  test('never shows less than what was really spent, and never goes back', () => {
    fc.assert(
      fc.property(timeline, ({ slices, gaps }) => {
        const all = slices.map(spansOf);
        let before = atSubmission(all.length, at(0));
        let [now, metered] = [0, 0];
        for (const gap of gaps) {
          const until = now + gap;
          const after = summaryAt(all, until);
          const back = all.flat().filter((span) => !span.last && span.to > now && span.to <= until);
          const { usd } = meter(before, after, {
            timeoutSeconds,
            usdPerSliceHour: 3600,
            returned: back.length,
          });
          expect(usd).toBeGreaterThanOrEqual(0);
          metered += usd; // 1 USD a second
          const spent = all
            .flat()
            .reduce(
              (sum, span) => sum + Math.max(0, Math.min(span.to, until) - Math.min(span.from, until)),
              0,
            );
          expect(metered).toBeGreaterThanOrEqual(spent - 1e-6);
          [before, now] = [after, until];
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('is exact while everything runs', () => {
    const slices = [spansOf([{ wait: 0, run: 400 }]), spansOf([{ wait: 0, run: 400 }])];
    let [before, metered] = [summaryAt(slices, 0), 0];
    for (const seconds of [100, 200, 300]) {
      const after = summaryAt(slices, seconds);
      metered += meter(before, after, { timeoutSeconds, usdPerSliceHour: 3600 }).usd;
      before = after;
    }
    expect(metered).toBeCloseTo(600, 6);
  });
});

describe('the stop rule', () => {
  const spending = { meteredUsd: 13, burnUsdPerHour: 12, budgetUsd: 20, watchSeconds: 600 };

  test('stops when what stopping costs would reach the budget', () => {
    expect(mayContinue(spending)).toMatchObject({ go: false }); // 13 + 12 x 35 min = 20
  });

  test('goes on while it still fits', () => {
    expect(mayContinue({ ...spending, meteredUsd: 12.99 })).toEqual({ go: true });
  });

  test('looks further ahead when watches are rarer', () => {
    expect(mayContinue({ ...spending, meteredUsd: 9, watchSeconds: 1500 }).go).toBe(false); // 9 + 12 x 65 min = 22
  });

  test('never stops what has no budget', () => {
    expect(mayContinue({ ...spending, budgetUsd: null, meteredUsd: 1e9 })).toEqual({ go: true });
  });

  test('lets free work run on a budget of nothing', () => {
    expect(mayContinue({ ...spending, budgetUsd: 0, meteredUsd: 0, burnUsdPerHour: 0 })).toEqual({
      go: true,
    });
    expect(mayContinue({ ...spending, budgetUsd: 0, meteredUsd: 0, burnUsdPerHour: 1 }).go).toBe(false);
  });

  test('says what is spent and what stopping costs', () => {
    const stopped = mayContinue(spending);
    expect(stopped.go ? '' : stopped.why).toBe(
      'The budget of $20.00 is reached: at most $13.00 spent, and up to $7.00 more until everything has stopped.',
    );
  });
});
