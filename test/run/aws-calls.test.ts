import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCallCount } from '../../scripts/bench/call-count.ts';
import { type Cloud, launchIn, openCloud, writeAll } from '../../scripts/bench/cloud.ts';
import { watch } from '../../src/run/watch.ts';
import { combinationsPerBlock } from '../../src/store/keys.ts';

// Requests, as the SDK sends them to models of Batch and S3: what the issue on AWS allows.

let folder: string;
let cloud: Cloud;
const calls = openCallCount();
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'muster-'));
  cloud = await openCloud(folder, calls);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ofBatch = (counts: ReadonlyMap<string, number>) =>
  Object.fromEntries([...counts].filter(([name]) => name.startsWith('Batch ')));

test('ten thousand slices are submitted with one SubmitJob and watched with one DescribeJobs', async () => {
  const { run } = await launchIn(cloud, folder, 10_000, 1);
  await watch(cloud.deps, run, { publish: false });
  expect(ofBatch(calls.take())).toMatchObject({ 'Batch SubmitJob': 1 });
  cloud.timeline.advance(60);
  const { state } = await watch(cloud.deps, run);
  expect(state.counts.running).toBe(10_000);
  expect(ofBatch(calls.take())).toEqual({ 'Batch DescribeJobs': 1 });
});

test('a publication reads each fragment about once', async () => {
  const slices = 300;
  const { run, combinations } = await launchIn(cloud, folder, slices, 1);
  await watch(cloud.deps, run, { publish: false });
  cloud.timeline.advance(60);
  await writeAll(cloud, run, combinations(), 1);
  for (const attempt of cloud.attempts) attempt.exit(0);
  cloud.timeline.advance(60);
  await watch(cloud.deps, run, { publish: false });
  calls.take();
  const { state } = await watch(cloud.deps, run);
  expect(state.phase.phase).toBe('published');
  const gets = calls.take().get('S3 GetObject') ?? 0;
  const blocks = Math.ceil(slices / combinationsPerBlock);
  expect(gets - blocks).toBeGreaterThanOrEqual(slices);
  expect((gets - blocks) / slices).toBeLessThanOrEqual(1.1);
});
