import { expect, test } from 'vitest';
import { applyEvent, type JobProgress, newProgress } from '../../../src/engine/local/job-progress.ts';
import type { JobEvent, JobRecord } from '../../../src/engine/local/job-record.ts';
import { goAgain, inOrder, lineUp, pickLine, takeNext } from '../../../src/engine/local/schedule.ts';
import { jobRequest, type Wanted } from './local-harness.ts';

const at = '2026-01-01T00:00:00.000Z';
const now = Date.parse(at);
const pause = { first: 1_000, longest: 5_000 };

function job(wanted: Wanted, id = 'a', createdAt = at): JobRecord {
  return { ...jobRequest(wanted), schema: 1, id, createdAt, definition: 'local/demo' };
}

function replay(record: JobRecord, ...events: JobEvent[]): JobProgress {
  const progress = newProgress(record);
  for (const event of events) applyEvent(progress, event);
  return progress;
}

const started = (child: number, attempt = 1): JobEvent => ({ event: 'started', child, attempt, at });
const stopped = (child: number, exitCode: number, attempt = 1): JobEvent => ({
  event: 'stopped',
  child,
  attempt,
  at,
  cause: 'exit',
  exitCode,
});

test('children start in their order, each once', () => {
  const line = lineUp(replay(job({ size: 3 })), pause);
  expect([takeNext(line, now), takeNext(line, now), takeNext(line, now), takeNext(line, now)]).toEqual([
    0,
    1,
    2,
    undefined,
  ]);
});

test('children that an earlier engine finished are not in the line', () => {
  const line = lineUp(replay(job({ size: 3 }), started(1), stopped(1, 0)), pause);
  expect([takeNext(line, now), takeNext(line, now), takeNext(line, now)]).toEqual([0, 2, undefined]);
});

test('a child that goes again comes before fresh ones, but not before its pause is over', () => {
  const line = lineUp(replay(job({ size: 3, attempts: 3 }), started(0), stopped(0, 75)), pause);
  expect(takeNext(line, now + 999)).toBe(1);
  expect(takeNext(line, now + 1_000)).toBe(0);
});

test('the pause doubles with each attempt that counted, up to the longest', () => {
  const progress = replay(job({ attempts: 10 }));
  const pauses: number[] = [];
  for (let attempt = 1; attempt <= 5; attempt++) {
    applyEvent(progress, started(0, attempt));
    applyEvent(progress, stopped(0, 75, attempt));
    const line = lineUp(progress, pause);
    pauses.push((line.again[0]?.readyAt ?? 0) - now);
  }
  expect(pauses).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
});

test('a lost attempt goes again without a pause', () => {
  const progress = replay(job({}), started(0), { ...lost(0), attempt: 1 });
  const line = lineUp(progress, pause);
  expect(takeNext(line, now)).toBe(0);
});

test('a job too wide for the free vCPUs is not overtaken', () => {
  const running = lineUp(replay(job({ size: 1, resources: { vcpus: 1 } }), started(0)), pause);
  const wide = lineUp(replay(job({ resources: { vcpus: 2 } }, 'b')), pause);
  const narrow = lineUp(replay(job({ resources: { vcpus: 1 } }, 'c')), pause);
  expect(pickLine([running, wide, narrow], 2, now)).toBeUndefined();
  expect(pickLine([running, wide, narrow], 3, now)).toBe(wide);
});

test('anything may start when nothing runs', () => {
  const wide = lineUp(replay(job({ resources: { vcpus: 64 } })), pause);
  expect(pickLine([wide], 2, now)).toBe(wide);
});

test('a job at its own limit lets the next pass', () => {
  const capped = lineUp(replay(job({ size: 2, resources: { concurrent: 1 } }), started(0)), pause);
  const next = lineUp(replay(job({}, 'b')), pause);
  expect(pickLine([capped, next], 4, now)).toBe(next);
});

test('jobs that share a limit keep to it together', () => {
  const limited = (concurrent: number) => ({ size: 2, concurrentWith: 'run-c0', resources: { concurrent } });
  const lines = (concurrent: number) => [
    lineUp(replay(job({ ...limited(concurrent), size: 1 }), started(0)), pause),
    lineUp(replay(job(limited(concurrent), 'b')), pause),
    lineUp(replay(job({ ...limited(concurrent), concurrentWith: 'run-c1' }, 'c')), pause),
  ];
  const picked = (concurrent: number) => pickLine(lines(concurrent), 4, now)?.progress.job.id;
  expect([picked(1), picked(2)]).toEqual(['c', 'b']);
});

test('a job that waits for a pause to end lets the next pass', () => {
  const pausing = lineUp(replay(job({ attempts: 2 }), started(0), stopped(0, 75)), pause);
  const next = lineUp(replay(job({}, 'b')), pause);
  expect(pickLine([pausing, next], 4, now)).toBe(next);
});

test('fractions of vCPUs that fill the machine exactly fit', () => {
  const record = job({ size: 10, resources: { vcpus: 0.1 } });
  const line = lineUp(replay(record, ...Array.from({ length: 9 }, (_, child) => started(child))), pause);
  expect(pickLine([line], 1, now)).toBe(line);
});

test('nothing starts of a cancelled job', () => {
  const line = lineUp(replay(job({ size: 5 }), { event: 'cancelled', at, reason: 'enough' }), pause);
  expect(pickLine([line], 4, now)).toBeUndefined();
});

test('jobs are taken in the order in which they were submitted', () => {
  const later = job({}, 'a', '2026-01-01T00:00:01.000Z');
  const first = job({}, 'b', at);
  expect([later, first].sort(inOrder)).toEqual([first, later]);
});

test('a child put back while others run keeps its number', () => {
  const progress = replay(job({ size: 2, attempts: 2 }));
  const line = lineUp(progress, pause);
  expect(takeNext(line, now)).toBe(0);
  applyEvent(progress, started(0));
  applyEvent(progress, stopped(0, 75));
  goAgain(line, 0, pause);
  expect(takeNext(line, now + pause.first)).toBe(0);
});

const lost = (child: number) =>
  ({ event: 'stopped', child, attempt: 1, at, cause: 'lost', exitCode: null }) as const satisfies JobEvent;
