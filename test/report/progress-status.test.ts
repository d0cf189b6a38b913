import { expect, test } from 'vitest';
import { progressStatus } from '../../src/report/progress-status.ts';
import type { RunProgress } from '../../src/report/run-progress.ts';
import { progressScene } from './scenes.ts';

const scene = progressScene('full');
const at = (finished: number, meteredUsd = 0, change: Partial<RunProgress> = {}): RunProgress => ({
  ...{ ...scene, ...change, done: { succeeded: finished, failed: 0 } },
  money: { ...(change.money ?? scene.money), meteredUsd },
});

test('the status of a run at work says how far it is and what it has cost', () => {
  expect(progressStatus(scene)).toBe('805 of 1,440, 2 failed, $12 of $60');
});

test('the status counts exactly at the beginning and towards the end', () => {
  expect([3, 1391, 1440].map((finished) => progressStatus(at(finished)).split(',', 2).join())).toEqual(
    ['3 of 1,440', '1,391 of 1,440', '1,440 of 1,440'].map((text) => text.split(',', 2).join()),
  );
});

test('the status says that a run is being stopped or needs attention', () => {
  const diagnosis = [{ code: 'CAPACITY:NONE', summary: '', fix: '' }];
  const stopped = { by: 'ada', why: '', at: '' };
  expect(progressStatus(at(3, 0, { diagnosis, stopped }))).toMatch(
    /, stopping, needs attention: CAPACITY:NONE$/,
  );
});

test('the status does not alarm anybody about slices that only wait their turn', () => {
  const diagnosis = [{ code: 'BEHIND_LIMITED', summary: '', fix: '', wait: true as const }];
  expect(progressStatus(at(3, 0, { diagnosis }))).not.toContain('BEHIND');
});

test('the status changes less often than GitHub keeps statuses of a commit, however often somebody looks', () => {
  const looks = Array.from({ length: 30_000 }, (_, look) => {
    const combinations = 30_000;
    const done = { succeeded: Math.floor(look * 0.9), failed: Math.ceil(look * 0.1) };
    const money = { ...scene.money, meteredUsd: look * 0.017, budgetUsd: 600 };
    return progressStatus({ ...scene, combinations, done, money });
  });
  expect(new Set(looks).size).toBeLessThan(1000);
});

test('the status of a run without a budget changes no more often', () => {
  const looks = Array.from({ length: 30_000 }, (_, look) =>
    progressStatus(at(0, look * 0.017, { money: { ...scene.money, budgetUsd: null } })),
  );
  expect(new Set(looks).size).toBeLessThan(600);
});

test('the status fits its 140 characters, and holds what is said on one line', () => {
  const diagnosis = [{ code: `X\n${'y'.repeat(300)}`, summary: '', fix: '' }];
  const text = progressStatus(at(3, 0, { diagnosis }));
  expect(text).toHaveLength(140);
  expect(text).not.toContain('\n');
});
