import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AwsSettings } from '../../src/aws/settings.ts';
import type { Combination } from '../../src/grid/combination.ts';
import { loadGrid } from '../../src/grid/load.ts';
import type { RunDeps } from '../../src/run/deps.ts';
import { requireDocument } from '../../src/run/documents.ts';
import { launch } from '../../src/run/launch.ts';
import { prepare } from '../../src/run/prepare.ts';
import { arraySchema } from '../../src/run/records.ts';
import { arrayKey } from '../../src/store/keys.ts';
import { openStore } from '../../src/store/open.ts';
import { noLags } from '../../test/aws/batch/options.ts';
import { ReferenceBatch } from '../../test/aws/batch/reference-batch.ts';
import type { RunningAttempt } from '../../test/aws/batch/running-attempt.ts';
import { VirtualTimeline } from '../../test/aws/batch/timeline.ts';
import { ReferenceS3 } from '../../test/aws/s3/reference-s3.ts';
import type { CallCount } from './call-count.ts';
import { awsBasics, openDeps, storeUrl } from './cloud-deps.ts';
import { writeFragment } from './fragments.ts';

/** Batch and S3 inside this process, and the verbs on them. */
export interface Cloud {
  readonly deps: RunDeps;
  readonly s3: ReferenceS3;
  readonly timeline: VirtualTimeline;
  /** What runs. */
  readonly attempts: Set<RunningAttempt>;
}

/** @param folder where temporary files go. */
export async function openCloud(folder: string, calls: CallCount): Promise<Cloud> {
  const timeline = new VirtualTimeline(Date.UTC(2026, 10, 20));
  const attempts = new Set<RunningAttempt>();
  const batch = new ReferenceBatch({
    timeline,
    queues: [{ name: 'spot', vcpus: 2_000_000 }],
    lags: noLags,
    start: (attempt) => attempts.add(attempt),
  });
  const s3 = new ReferenceS3();
  const settings = (requestHandler: AwsSettings['requestHandler']): AwsSettings => ({
    ...awsBasics,
    ...(requestHandler && { requestHandler }),
    onRequest: calls.add,
  });
  const now = () => new Date(timeline.now());
  const deps = await openDeps(folder, {
    store: await openStore(storeUrl, 'bench', settings(s3.requestHandler)),
    aws: settings(batch.requestHandler),
    now,
  });
  return { deps, s3, timeline, attempts };
}

const image = 'registry.example/tool';
const identity = 'f'.repeat(64);

/** A grid of `count` combinations, `sliceSize` to a slice, is launched in the cloud. */
export async function launchIn({ deps }: Cloud, folder: string, count: number, sliceSize: number) {
  mkdirSync(join(folder, 'grids'), { recursive: true });
  writeFileSync(join(folder, 'grids/calls.yaml'), gridOf(count, sliceSize));
  const loaded = loadGrid('grids/calls.yaml', { root: folder });
  const identify = () =>
    ({ kind: 'digest', name: image, identity, reference: `${image}@sha256:${identity}` }) as const;
  const prepared = await prepare(deps, { loaded, identify });
  const launched = await launch(deps, { loaded, prepared, root: folder, commit: null, alongside: false });
  if (launched.outcome !== 'launched') throw new Error(`not launched: ${launched.outcome}`);
  return { run: launched.run.run, combinations: () => loaded.combinations() };
}

/** What the workers of the first array's slices leave in the store when all end well. */
export async function writeAll(
  { deps: { store } }: Cloud,
  run: string,
  combinations: Iterable<Combination>,
  sliceSize: number,
): Promise<void> {
  const { value } = await requireDocument(store, arrayKey(run, 0, 0), arraySchema);
  if (value.state !== 'submitted') throw new Error(`the array is ${value.state}`);
  const job = value.submission.handle.jobId;
  let slice = 0;
  let members: Combination[] = [];
  for (const combination of combinations) {
    members.push(combination);
    if (members.length < sliceSize) continue;
    await writeFragment(store, { run, job, slice }, members);
    slice += 1;
    members = [];
  }
}

const gridOf = (count: number, sliceSize: number) => `
name: calls
max_combinations: ${count}
program:
  image: ${image}
  command: [simulate, "{alpha}", "{seed}"]
  outputs: [{ path: COMPAS_Output.h5 }]
parameters:
  alpha: { linspace: { start: 0, stop: 1, num: 100 } }
  seed: { range: { start: 0, stop: ${count / 100}, step: 1 } }
slice: { combinations: ${sliceSize} }
resources: { vcpus: 1, memory: 1 GiB, architecture: arm64, capacity: spot }
timeout: 5 min
expected: 10 s
`;
