import { describe, expect, test } from 'vitest';
import type { Counts } from '../../src/engine/engine.ts';
import {
  cancelled,
  certain,
  forgo,
  intend,
  isForsaken,
  isOpen,
  isSettled,
  isStale,
  mayAdopt,
  maySubmit,
  observed,
  recordedJob,
  release,
  submissionStep,
  submitted,
} from '../../src/run/array-state.ts';
import { type ArrayRecord, arraySchema } from '../../src/run/records.ts';

const start = new Date('2026-01-01T00:00:00Z');
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const day = 86_400;
const counts: Counts = {
  submitted: 0,
  pending: 0,
  runnable: 1,
  starting: 0,
  running: 2,
  succeeded: 3,
  failed: 4,
};
/** Of ten children. */
const allEnded: Counts = { ...counts, runnable: 0, running: 0, succeeded: 6 };
const terms = { slices: 10, attempts: 3, timeoutSeconds: 3600, usdPerSliceHour: 0.05 };
const submission = {
  handle: { jobId: 'job-1', queue: 'q', size: 10 },
  definition: 'demo:1',
  at: start.toISOString(),
};

const intended = intend('demo-r000-a0000', 'q', start);
const first = submissionStep(intended, 'me', start);
if (first.step !== 'submit') throw new Error('an intent must lead to a submission');
const submitting = first.record;
const running = submitted(submitting, submission);
const ended = observed(
  running,
  { state: 'ended', counts: allEnded, countsAt: after(60).toISOString() },
  4,
  terms,
  7,
  after(60),
);
const unknown = forgo(intended, 'refused', start);
const stopped = cancelled(intended, start);
const all: readonly ArrayRecord[] = [intended, submitting, running, ended, unknown, stopped];

describe('the life of an array', () => {
  test('every record it makes passes the schema of the store', () => {
    for (const record of all) expect(arraySchema.parse(record)).toEqual(record);
  });

  test('an intent nobody ever tried is submitted at once, under a lease of three minutes', () => {
    expect(submitting).toEqual({
      state: 'submitting',
      name: 'demo-r000-a0000',
      queue: 'q',
      owner: 'me',
      firstTriedAt: '2026-01-01T00:00:00.000Z',
      leaseUntil: '2026-01-01T00:03:00.000Z',
    });
  });

  test('what a submitter does with each state', () => {
    const steps = all.map((record) => submissionStep(record, 'you', after(10)).step);
    expect(steps).toEqual(['submit', 'wait', 'settled', 'settled', 'settled', 'settled']);
  });

  test('while another holds the lease one waits until it ends', () => {
    expect(submissionStep(submitting, 'you', after(100))).toEqual({ step: 'wait', seconds: 80 });
  });

  test('the lease of a holder known to be dead is taken over at once, by looking first', () => {
    expect(submissionStep(submitting, 'you', after(1), true).step).toBe('look');
  });

  test('even the holder waits: a lease is never renewed', () => {
    expect(submissionStep(submitting, 'me', after(100)).step).toBe('wait');
  });

  test('after an expired lease one looks for the job before submitting, and the first try is remembered', () => {
    expect(submissionStep(submitting, 'you', after(180))).toEqual({
      step: 'look',
      record: { ...submitting, owner: 'you', leaseUntil: '2026-01-01T00:06:00.000Z' },
    });
  });

  test('after six days, however often it was taken over, one looks but submits no more', () => {
    const second = submissionStep(submitting, 'you', after(3 * day));
    if (second.step !== 'look') throw new Error('expected to look');
    const third = submissionStep(second.record, 'me', after(6 * day + 1));
    if (third.step !== 'look') throw new Error('expected to look');
    expect(isStale(third.record, after(6 * day))).toBe(false);
    expect(isStale(third.record, after(6 * day + 1))).toBe(true);
  });

  test('a look that fails for twice as long is given up', () => {
    expect(isForsaken(submitting, after(12 * day))).toBe(false);
    expect(isForsaken(submitting, after(12 * day + 1))).toBe(true);
  });

  test('a job is left to the record that may still come to it', () => {
    const open = all.filter((record) => mayAdopt(record));
    expect(open.map((record) => record.state)).toEqual(['intended', 'submitting']);
    expect(mayAdopt(undefined)).toBe(false);
  });

  test('a doubt about namesakes is something to do, until it is settled', () => {
    const doubtful = submitted(submitting, submission, start.toISOString());
    expect(arraySchema.parse(doubtful)).toEqual(doubtful);
    expect(isOpen(doubtful)).toBe(true);
    expect(certain(doubtful)).toEqual(running);
    expect(all.filter(isOpen).map((record) => record.state)).toEqual(['intended', 'submitting']);
  });

  test('SubmitJob needs the lease and 60 s of it left', () => {
    expect(maySubmit(submitting, 'me', after(120))).toBe(true);
    expect(maySubmit(submitting, 'me', after(121))).toBe(false);
    expect(maySubmit(submitting, 'you', after(0))).toBe(false);
  });

  test('a submitter that was refused lets go, and the age of the first try stays', () => {
    expect(release(submitting, { doubtful: false }, after(10))).toEqual({
      state: 'intended',
      name: 'demo-r000-a0000',
      queue: 'q',
      at: submitting.firstTriedAt,
    });
  });

  test('one that got no answer leaves a doubt: whoever comes next looks first, and the six days go on', () => {
    const doubtful = release(submitting, { doubtful: true }, after(10));
    expect(arraySchema.parse(doubtful)).toEqual(doubtful);
    expect(submissionStep(doubtful, 'you', after(20))).toMatchObject({
      step: 'look',
      record: { owner: 'you', firstTriedAt: submitting.firstTriedAt },
    });
  });

  test('one that was refused until somebody mends something says why, until it is tried again', () => {
    const refused = { why: 'the queue is disabled', fix: 'Enable it.' };
    const waiting = release(submitting, { doubtful: false, refused }, after(10));
    expect(arraySchema.parse(waiting)).toMatchObject({
      refused: { ...refused, at: after(10).toISOString() },
    });
    const next = submissionStep(waiting, 'you', after(600));
    expect(next.step).toBe('submit');
    expect(next).not.toHaveProperty('record.refused');
  });

  test('cancelling touches intents only: a job is left to the engine, a submission to its submitter', () => {
    expect(all.map((record) => cancelled(record, after(5)).state)).toEqual([
      'cancelled',
      'submitting',
      'submitted',
      'ended',
      'unknown',
      'cancelled',
    ]);
  });

  test('an observation of an active job renews the counts', () => {
    expect(
      observed(
        running,
        { state: 'active', counts, countsAt: after(60).toISOString() },
        4,
        terms,
        7,
        after(60),
      ),
    ).toEqual({
      ...running,
      counts,
      countsAt: after(60).toISOString(),
      meteredUsd: expect.closeTo((9 / 60) * 0.05, 12), // nine of ten have started since submission, for a minute
    });
  });

  test('a job that ended waits ten minutes for failures and counts it has not told yet', () => {
    const look = (record: typeof running, at: number, summary: Counts, recorded: number) =>
      observed(
        record,
        { state: 'ended', counts: summary, countsAt: after(60).toISOString() },
        ...([recorded, terms, 7, after(at)] as const),
      );
    const waiting = look(running, 60, allEnded, 3);
    if (waiting.state !== 'submitted') throw new Error('expected to wait');
    expect(waiting.endSeenAt).toBe(after(60).toISOString());
    expect(arraySchema.parse(waiting)).toEqual(waiting);
    expect(look(waiting, 659, allEnded, 3)).toEqual(waiting);
    expect(look(waiting, 659, allEnded, 4).state).toBe('ended');
    expect(look(waiting, 660, allEnded, 3).state).toBe('ended');
    expect(look(running, 60, { ...allEnded, succeeded: 5, running: 1 }, 4).state).toBe('submitted');
  });

  test('an ended job ends the array with its counts', () => {
    expect(ended).toEqual({
      state: 'ended',
      name: running.name,
      queue: 'q',
      submission,
      counts: allEnded,
      meteredUsd: expect.closeTo((10 / 60) * 0.05, 12), // all have started since submission, for a minute
      endedAt: '2026-01-01T00:01:00.000Z',
    });
  });

  test('gone is believed only after the days the engine remembers', () => {
    expect(observed(running, { state: 'gone' }, 0, terms, 7, after(7 * day - 1))).toEqual(running);
    expect(observed(running, { state: 'gone' }, 0, terms, 7, after(7 * day)).state).toBe('ended');
    expect(observed(running, { state: 'gone' }, 0, terms, 0, after(0)).state).toBe('ended');
  });

  test('a job that is gone is metered as if all that had not ended ran for as long as it was let', () => {
    const seen = observed(
      running,
      { state: 'active', counts, countsAt: after(0).toISOString() },
      0,
      terms,
      7,
      after(0),
    );
    if (seen.state !== 'submitted') throw new Error('it is active');
    const gone = observed(seen, { state: 'gone' }, 0, terms, 7, after(7 * day));
    // Three attempts of an hour, and five minutes that the kill of each may be late.
    const open = 10 - counts.succeeded - counts.failed;
    expect(gone.meteredUsd - seen.meteredUsd).toBeCloseTo(open * 3 * (65 / 60) * 0.05, 9);
  });

  test('settled are ended, unknown and cancelled', () => {
    expect(all.filter(isSettled).map((record) => record.state)).toEqual(['ended', 'unknown', 'cancelled']);
  });

  test('the recorded job is known from submission on', () => {
    expect(all.map(recordedJob)).toEqual([undefined, undefined, 'job-1', 'job-1', undefined, undefined]);
  });
});
