import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BilledAttempt, Biller } from '../../src/money/bill.ts';

/** An hour of a slice at one dollar: half of it work, a quarter programs. */
const good: BilledAttempt = {
  ...{ seconds: 3600, workSeconds: 1800, programSeconds: 900, repeatedSeconds: 0 },
  ...{ usdPerHour: 1, well: true, assumed: false },
};

function billFor(attempts: readonly BilledAttempt[]) {
  const biller = new Biller();
  for (const attempt of attempts) biller.add(attempt);
  return biller.bill();
}

describe('the bill', () => {
  test('charges the whole wall time of an attempt', () => {
    expect(billFor([good]).totalUsd).toBeCloseTo(1, 9);
  });

  test('charges attempts that ended badly as well', () => {
    const lost = { ...good, well: false, workSeconds: 0, programSeconds: 0 };
    expect(billFor([good, lost])).toMatchObject({ totalUsd: 2, lostUsd: 1, retriesUsd: 1, lost: 1 });
  });

  test('tells work apart from what surrounds it', () => {
    expect(billFor([good])).toMatchObject({ combinationsUsd: 0.5, overheadUsd: 0.5, lostUsd: 0 });
  });

  test('calls idle what no program used', () => {
    expect(billFor([good]).idleUsd).toBeCloseTo(0.75, 9);
  });

  test('calls repeated work a retry, even of an attempt that ended well', () => {
    expect(billFor([{ ...good, repeatedSeconds: 360 }]).retriesUsd).toBeCloseTo(0.1, 9);
  });

  test('never bills less than the work that two clocks disagree about', () => {
    expect(billFor([{ ...good, seconds: 10 }])).toMatchObject({ totalUsd: 0.5, overheadUsd: 0 });
  });

  test('counts what has no price, and charges nothing for it', () => {
    expect(billFor([{ ...good, usdPerHour: null }])).toMatchObject({ totalUsd: 0, unpriced: 1, attempts: 1 });
  });

  test('is the same in every order, to the last digit', () => {
    const attempt = fc.record({
      ...{
        seconds: fc.double({ min: 0, max: 1e5, noNaN: true }),
        usdPerHour: fc.double({ min: 0, max: 9, noNaN: true }),
      },
      ...{ workSeconds: fc.double({ min: 0, max: 1e5, noNaN: true }), well: fc.boolean() },
    });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 30 }), (some) => {
        const attempts = some.map((one) => ({ ...good, ...one }));
        expect(billFor(attempts.toReversed())).toEqual(billFor(attempts));
      }),
    );
  });
});
