import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { jobRequest } from '../../src/run/job-request.ts';
import type { RoundRecord, RunRecord } from '../../src/run/records.ts';
import { noLags } from '../aws/batch/options.ts';
import { onModel } from '../engine/aws-batch/model-harness.ts';
import { openScene, writeRun } from './scene.ts';

let folder: string;
let run: RunRecord;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-request-'));
  run = await writeRun(openScene(folder), { combinations: 10, slicesAnArray: 4 });
});
afterEach(() => rm(folder, { recursive: true }));

/** What is asked for the arrays of a round whose slices are limited. */
function asked(
  concurrent: number | undefined,
  { store = 's3://bucket/lab', changes = {} }: { store?: string; changes?: Partial<RoundRecord> } = {},
) {
  const classes = run.firstRound.classes.map((one) => ({
    ...one,
    resources: { ...one.resources, ...(concurrent !== undefined && { concurrent }) },
  }));
  const round = { ...run.firstRound, classes, ...changes };
  return round.arrays.map((array) => jobRequest(run, round, array, store));
}

const limits = (...of: Parameters<typeof asked>) => [
  ...new Set(asked(...of).map(({ concurrentWith }) => concurrentWith)),
];

describe('the limit of what runs at once', () => {
  test('is one for all arrays and rounds of a class', () => {
    expect(asked(3).map(({ size }) => size)).toEqual([4, 4, 2]);
    expect(limits(3)).toEqual([expect.stringMatching(new RegExp(`^${run.run}-[0-9a-f]{6}-c0$`))]);
    expect(limits(3, { changes: { round: 7 } })).toEqual(limits(3));
  });

  test('is another for another class', () => {
    const [one] = run.firstRound.classes;
    const [group] = run.firstRound.groups;
    if (one === undefined || group === undefined) throw new Error('the round has no class');
    const changes = {
      classes: [{ ...one, class: 1, resources: { ...one.resources, concurrent: 3 } }],
      groups: [{ ...group, class: 1 }],
      arrays: [{ array: 0, class: 1, firstSlice: 0, slices: 10 }],
    };
    expect(limits(3, { changes })).toEqual([expect.stringMatching(/-c1$/)]);
  });

  test('is another for the run of the same name in another store', () => {
    expect(limits(3, { store: 's3://bucket/other' })).not.toEqual(limits(3));
  });

  test('lets no more slices of a run start on AWS Batch than the grid says, over all its arrays', async () => {
    const started: string[] = [];
    const at = await onModel({ lags: noLags, start: (attempt) => started.push(attempt.parent) });
    const image = { name: 'demo', identity: 'a'.repeat(64) };
    const reference = `registry.example/demo@sha256:${'b'.repeat(64)}`;
    for (const request of asked(6)) {
      const wanted = { ...request, queue: at.queue, image: { ...image, reference } };
      expect(await at.engine.submit(wanted)).toMatchObject({ outcome: 'submitted' });
    }
    at.timeline.advance(3600);
    expect({ started: started.length, arrays: new Set(started).size }).toEqual({ started: 6, arrays: 2 });
  });

  test('is not asked for where the grid has none, or no more combinations than that', () => {
    expect([limits(undefined), limits(10), limits(9).length]).toEqual([[undefined], [undefined], 1]);
    expect(limits(9)).not.toEqual([undefined]);
  });
});
