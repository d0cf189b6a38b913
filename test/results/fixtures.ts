import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Combination } from '../../src/grid/combination.ts';
import type { Failure, Fragment, FragmentEntry } from '../../src/results/fragment.ts';
import { type EngineFailure, type MergeInput, openMerge } from '../../src/results/merge.ts';
import { fragmentKey } from '../../src/store/keys.ts';

export const run = 'demo-0123456789ab';

/** A folder that is gone when the test is over. */
export function temporaryFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'muster-results-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export function combination(index: number): Combination {
  const alpha = (index + 1) / 4;
  return {
    index,
    id: index.toString(16).padStart(16, '0'),
    label: `alpha${alpha}`,
    parameters: { n_systems: 1000, alpha },
    text: { n_systems: '1000', alpha: `${alpha}` },
  };
}

export const combinations = (count: number) =>
  Array.from({ length: count }, (_, index) => combination(index));

export const failure = (message: string, changes: Partial<Failure> = {}): Failure => ({
  class: 'program',
  message,
  exitCode: 1,
  signal: null,
  tail: '',
  again: false,
  ...changes,
});

export function entry(index: number, changes: Partial<FragmentEntry> = {}): FragmentEntry {
  const { id, label } = combination(index);
  const state = changes.state ?? 'succeeded';
  return {
    index,
    id,
    label,
    state,
    work: `work-${index}`,
    command: ['simulate', label],
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:10.000Z',
    outputs: [],
    results: {},
    usage: { seconds: 9, totalSeconds: 10, cpuSeconds: 8, peakMemoryBytes: 1 << 20, diskBytes: 100 },
    failure: state === 'failed' ? failure('it broke') : null,
    ...changes,
  };
}

export function fragment(changes: Partial<Fragment> = {}): Fragment {
  return {
    schema: 1,
    run,
    round: 0,
    array: 0,
    slice: 0,
    job: 'job-a',
    attempt: 1,
    part: 0,
    complete: true,
    writtenAt: '2026-01-01T00:01:00.000Z',
    worker: { version: '0.1.0', host: 'host-a', platform: 'linux' },
    image: 'image-a',
    combinations: [],
    ...changes,
  };
}

export const keyOf = ({ run, round, slice, job, attempt, part }: Fragment) =>
  fragmentKey(run, round, slice, { job, attempt, part });

export const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));

export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export interface Scenario extends Partial<Omit<MergeInput, 'spillDirectory' | 'combinations'>> {
  readonly fragments?: readonly Fragment[];
  readonly stored?: readonly { readonly key: string; readonly bytes: Uint8Array }[];
  readonly engineFailures?: readonly EngineFailure[];
}

/** Merges what the scenario holds, in its order; one combination unless it says otherwise. */
export async function merged(scenario: Scenario) {
  using folder = temporaryFolder();
  const { fragments = [], stored = [], engineFailures = [], count = 1, ...input } = scenario;
  using merge = await openMerge({
    run,
    recorded: () => undefined,
    ...input,
    count,
    combinations: () => combinations(count),
    spillDirectory: folder.path,
  });
  for (const each of fragments) merge.add(keyOf(each), bytesOf(each));
  for (const { key, bytes } of stored) merge.add(key, bytes);
  for (const each of engineFailures) merge.addEngineFailure(each);
  return { outcomes: await collected(merge.outcomes()), report: merge.report() };
}
