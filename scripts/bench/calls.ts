import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { watch } from '../../src/run/watch.ts';
import { combinationsPerBlock } from '../../src/store/keys.ts';
import { bundleInParts } from '../bundle.ts';
import type { Benchmark, Row } from './benchmark.ts';
import { describeCalls, openCallCount } from './call-count.ts';
import { measureNode } from './child.ts';
import { launchIn, openCloud, writeAll } from './cloud.ts';

/** MiB: 300 MB, of the issue. */
const memoryAim = 286;

export const calls: Benchmark = {
  name: 'calls',
  about: 'requests to AWS of launch, watch and publish, on models of Batch and S3',
  async run(folder) {
    return [
      ...(await submitAndWatch(folder, { combinations: 10_000, arrays: 1 })),
      ...(await submitAndWatch(folder, { combinations: 1_000_000, arrays: 100 })),
      ...(await publishAll(folder, { slices: 10_000, sliceSize: 1 })),
      ...(await publishAll(folder, { slices: 10_000, sliceSize: 100 })),
    ];
  },
};

const number = (value: number) => value.toLocaleString('en');

/** A combination a slice. */
async function submitAndWatch(
  folder: string,
  { combinations, arrays }: { readonly combinations: number; readonly arrays: number },
): Promise<readonly Row[]> {
  const counted = openCallCount();
  const cloud = await openCloud(folder, counted);
  const { run } = await launchIn(cloud, folder, combinations, 1);
  await watch(cloud.deps, run, { publish: false });
  const submitting = tell(`launch of ${number(combinations)} combinations`, counted.take());
  cloud.timeline.advance(60);
  const { state } = await watch(cloud.deps, run);
  const watching = tell(`watch of ${number(combinations)} running slices`, counted.take());
  if (state.counts.running !== combinations) throw new Error('not all slices run');
  return [
    callsRow(
      `${number(combinations)} combinations, submit: SubmitJob`,
      submitting,
      'Batch SubmitJob',
      arrays,
    ),
    callsRow(
      `${number(combinations)} running slices, a watch: DescribeJobs`,
      watching,
      'Batch DescribeJobs',
      1,
    ),
  ];
}

/** All slices have ended well; another process publishes them, over HTTP. */
async function publishAll(
  folder: string,
  { slices, sliceSize }: { readonly slices: number; readonly sliceSize: number },
): Promise<readonly Row[]> {
  const cloud = await openCloud(folder, openCallCount());
  const { run, combinations } = await launchIn(cloud, folder, slices * sliceSize, sliceSize);
  await watch(cloud.deps, run, { publish: false });
  cloud.timeline.advance(60);
  await writeAll(cloud, run, combinations(), sliceSize);
  for (const attempt of cloud.attempts) attempt.exit(0);
  cloud.timeline.advance(60);
  await watch(cloud.deps, run, { publish: false });

  await using server = await cloud.s3.serve();
  const program = join(folder, 'dist/publish-child.mjs');
  await bundleInParts(fileURLToPath(new URL('publish-child.ts', import.meta.url)), program);
  const { output, peakMib } = await measureNode([program, server.url, run, folder]);
  // Our own program's answer.
  const counts = new Map(JSON.parse(output) as [string, number][]);
  const what = `publish of ${number(slices)} slices of ${sliceSize}`;
  tell(what, counts);
  // The list of combinations is read once, whatever became of them.
  const blocks = Math.ceil((slices * sliceSize) / combinationsPerBlock);
  const gets = ((counts.get('S3 GetObject') ?? 0) - blocks) / slices;
  return [
    {
      what: `${what}: GETs a fragment, beside the list of combinations`,
      unit: 'calls',
      ours: gets,
      comparison: { kind: 'value', most: 1.1 },
    },
    {
      what: `${what}: peak memory`,
      ...{ unit: 'MiB', ours: peakMib, comparison: { kind: 'value', most: memoryAim } },
    },
  ];
}

function callsRow(what: string, counts: ReadonlyMap<string, number>, call: string, most: number): Row {
  return { what, unit: 'calls', ours: counts.get(call) ?? 0, comparison: { kind: 'value', most } };
}

function tell(what: string, counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  console.error(`  ${what}: ${describeCalls(counts)}`);
  return counts;
}
