import { describe, expect, test } from 'vitest';
import type { ResourceClass } from '../../src/plan/plan.ts';
import { memoryRaised, type RoundDone, roundsText } from '../../src/report/rounds.ts';

const kind = (number: number, memoryMib: number): ResourceClass => ({
  ...{ class: number, queue: 'main', image: 'demo', timeoutSeconds: 3600 },
  resources: { vcpus: 1, memoryMib, gpus: 0, architecture: 'arm64', capacity: 'spot', ulimits: {} },
});
const launch: RoundDone = {
  ...{ round: 0, reason: 'launch', note: '', actor: 'ada', attempts: 3, environment: {} },
  classes: [kind(0, 2048), kind(1, 2048)],
  groups: [{ class: 0, indexes: [[0, 8]], sliceSize: 1 }],
};
const again: RoundDone = {
  ...launch,
  ...{ round: 1, reason: 'rerun', note: 'ran out of memory', actor: 'bob', environment: { SEED: '2' } },
  classes: [kind(0, 6144), kind(1, 2048)],
  groups: [{ class: 0, indexes: [[2, 4]], sliceSize: 1 }],
};

describe('the rounds of a run', () => {
  test('are not told where there was only one', () => {
    expect(roundsText([launch])).toBe('');
  });

  test('are told with how many ran, why, what changed and who asked', () => {
    const lines = roundsText([launch, again]).split('\n');
    expect(lines).toContain('| 0 | launch | 8 |  |  | ada |');
    expect(lines).toContain('| 1 | rerun | 2 | ran out of memory | memory 2 GiB to 6 GiB; `SEED=2` | bob |');
  });

  test('do not tell changes of classes that a round did not run', () => {
    const other = { ...again, groups: [{ class: 1, indexes: [[8, 9]] as const, sliceSize: 1 }] };
    expect(roundsText([launch, other])).not.toContain('memory 2 GiB');
  });

  test('tell which classes were given more memory', () => {
    expect(memoryRaised([launch, again])).toEqual(new Set([0]));
    expect(memoryRaised([again, { ...launch, round: 2 }])).toEqual(new Set());
  });
});
