import type { Combination } from '../../src/grid/combination.ts';
import type { Fragment } from '../../src/results/fragment.ts';
import { fragmentKey } from '../../src/store/keys.ts';
import { absent, type Store } from '../../src/store/store.ts';

export const run = 'bench-0123456789ab';

export function* combinations(count: number): Generator<Combination> {
  for (let index = 0; index < count; index += 1) {
    const alpha = (index % 1000) / 1000;
    yield {
      index,
      id: (index * 2654435761).toString(16).padStart(16, '0'),
      label: `alpha${alpha.toFixed(3)}_seed${index}`,
      parameters: { n_systems: 10_000, alpha, seed: index },
      text: { n_systems: '10000', alpha: alpha.toFixed(3), seed: String(index) },
    };
  }
}

/** What workers of `slices` slices leave in the store: about 1 kB a combination, as for COMPAS. */
export async function writeFragments(store: Store, slices: number, sliceSize: number): Promise<void> {
  const all = [...combinations(slices * sliceSize)];
  for (let slice = 0; slice < slices; slice += 1) {
    const members = all.slice(slice * sliceSize, (slice + 1) * sliceSize);
    await writeFragment(store, { run, job: '4a3f9a8c-2f7a-4a53-9d68-0c8f1d6b7e21', slice }, members);
  }
}

interface Writer {
  readonly run: string;
  readonly job: string;
  readonly slice: number;
}

/** That of the only attempt of a slice of the first array, all of whose combinations succeeded. */
export async function writeFragment(
  store: Store,
  writer: Writer,
  members: readonly Combination[],
): Promise<void> {
  const fragment = fragmentOf(writer, members);
  await store.put(fragmentKey(writer.run, 0, writer.slice, fragment), JSON.stringify(fragment), absent);
}

function fragmentOf({ run, job, slice }: Writer, members: readonly Combination[]): Fragment {
  return {
    ...{ schema: 1, run, round: 0, array: 0, slice, job, attempt: 1, part: 0, complete: true },
    writtenAt: '2026-01-01T00:10:00.000Z',
    worker: { version: '0.1.0', host: 'ip-10-0-0-1', platform: 'linux/arm64' },
    image: 'f'.repeat(64),
    combinations: members.map(({ index, id, label, text }) => ({
      ...{ index, id, label, state: 'succeeded', work: id.repeat(4) },
      command: ['COMPAS', '-n', '10000', '--alpha', text.alpha ?? '', '--seed', text.seed ?? ''],
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:10.000Z',
      outputs: ['COMPAS_Output.h5', 'program.log.gz'].map((path) => ({
        path,
        key: `runs/${run}/outputs/${label}/000-${job}-01/${path}`,
        size: 1_000_000 + index,
        sha256: 'ab'.repeat(32),
      })),
      results: { merger_rate: index / 7, systems: 10_000 },
      usage: {
        ...{ seconds: 9.123, totalSeconds: 10.456, cpuSeconds: 8.9 },
        ...{ peakMemoryBytes: 123_456_789, diskBytes: 2_000_000 },
      },
      failure: null,
    })),
  };
}
