import { expect, test } from 'vitest';
import { explainJob, type Surroundings } from '../../../src/engine/local/explain.ts';
import { applyEvent, newProgress } from '../../../src/engine/local/job-progress.ts';
import { jobRequest, type Wanted } from './local-harness.ts';

const at = '2026-01-01T00:00:00.000Z';
const progress = (wanted: Wanted, createdAt = at) =>
  newProgress({ ...jobRequest(wanted), schema: 1, id: createdAt, createdAt, definition: 'local/demo' });

const around = (changes: Partial<Surroundings> = {}): Surroundings => ({
  directory: '.muster/engine',
  isHosted: true,
  parallel: 2,
  memoryMib: 1_024,
  unfinished: [],
  ...changes,
});

test('without a host it says which command works through the table', () => {
  const diagnosis = explainJob(progress({}), around({ isHosted: false }));
  expect(diagnosis).toMatchObject({
    code: 'NOT_HOSTED',
    fix: expect.stringContaining('muster watch --follow'),
  });
  expect(diagnosis?.summary).toContain('.muster/engine');
});

test('more memory than the machine has is named with both numbers', () => {
  const diagnosis = explainJob(progress({ resources: { memoryMib: 4_096 } }), around());
  expect(diagnosis?.summary).toMatch(/4096 MiB.*1024 MiB/);
});

test('slices of earlier jobs that come first are counted', () => {
  const earlier = progress({ size: 5 }, '2025-12-31T00:00:00.000Z');
  const later = progress({ size: 7 }, '2026-01-02T00:00:00.000Z');
  const diagnosis = explainJob(progress({}), around({ unfinished: [earlier, later] }));
  expect(diagnosis).toMatchObject({ code: 'WAITING' });
  expect(diagnosis?.summary).toContain('5 slices');
});

test('a job that runs needs no explanation', () => {
  const running = progress({ size: 2 });
  applyEvent(running, { event: 'started', child: 0, attempt: 1, at });
  const earlier = progress({ size: 5 }, '2025-12-31T00:00:00.000Z');
  expect(explainJob(running, around({ unfinished: [earlier] }))).toBeUndefined();
});
