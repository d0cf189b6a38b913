import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Place } from '../cli/place.ts';

export const combinations = 18;

/**
 * Eighteen combinations in six slices, each of a tenth of a second. The program notes its start with the time in
 * nanoseconds; combination 7 fails for good.
 */
export function killPlace(): Place {
  const place = new Place();
  place.program(
    'toy',
    `printf '%s %s\\n' "$1" "$(date +%s%N)" >> "$MUSTER_TEST_DIARY"
sleep 0.1
[ "$1" = 7 ] && { echo "no luck" >&2; exit 3; }
printf '{"twice": %s}\\n' $(($1 * 2)) > answer.json
printf 'n\\n%s\\n' "$1" > table.csv
`,
  );
  place.write(
    'grids/toy.yaml',
    `name: toy
program:
  image: toy
  command: [toy, "{n}"]
  outputs:
    - { path: answer.json, format: json }
    - { path: table.csv, format: csv }
  results: { twice: { file: answer.json, key: twice } }
parameters: { n: { repeat: ${combinations} } }
slice: { combinations: 3 }
resources: { vcpus: 1, memory: 64 MiB }
timeout: 1 min
failures: { stop_after: 100% }
`,
  );
  return place;
}

/** The store key of the only run; undefined before it exists. */
export function runOf(place: Place): string | undefined {
  return place.files('.muster/store/runs')[0]?.split('/')[0];
}

interface FragmentText {
  readonly combinations: readonly { readonly label: string; readonly state: string }[];
}

/** When (milliseconds) each label was first recorded as succeeded. */
export function recordedSuccesses(
  place: Place,
  modified: (path: string) => number,
): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const path of fragmentsOf(place)) {
    const at = modified(join(place.root, path));
    const fragment: FragmentText = JSON.parse(place.read(path));
    for (const { label, state } of fragment.combinations) {
      if (state === 'succeeded') first.set(label, Math.min(at, first.get(label) ?? Number.POSITIVE_INFINITY));
    }
  }
  return first;
}

const fragmentsOf = (place: Place) =>
  place
    .files('.muster/store/runs')
    .filter((path) => /\/fragments\/.*\.json$/.test(path))
    .map((path) => `.muster/store/runs/${path}`);

/** Starts by label, in milliseconds. */
export function startsOf(place: Place): ReadonlyMap<string, readonly number[]> {
  const starts = new Map<string, number[]>();
  for (const line of place.noted()) {
    const [n = '', at = ''] = line.split(' ');
    const label = `n=${n}`;
    starts.set(label, [...(starts.get(label) ?? []), Number(BigInt(at) / 1_000_000n)]);
  }
  return starts;
}

/** What a publication comes to, without times, costs, job ids and logs. */
export function publishedSet(place: Place) {
  const run = runOf(place);
  if (run === undefined) throw new Error('there is no run');
  const published = JSON.parse(place.read(`.muster/store/published/${run}.json`));
  const folder = `.muster/store/runs/${run}/merged/${published.sha256}`;
  const text = (name: string) => {
    const path = place.files(folder).find((file) => file.startsWith(name));
    if (path === undefined) throw new Error(`${name} is not among ${place.files(folder).join(', ')}`);
    return readFileSync(join(place.root, folder, path), 'utf8')
      .trimEnd()
      .split('\n');
  };
  const timed = ['seconds', 'total_seconds', 'cpu_seconds', 'peak_memory_mib', 'attempts', 'cost_usd'];
  const [header = '', ...rows] = text('combinations.csv').map((line) => line.split(','));
  const kept = [...header].flatMap((name, column) => (timed.includes(name) ? [] : [column]));
  const manifest = text('manifest').map((line) => JSON.parse(line));
  return {
    combinations: rows.map((row) => kept.map((column) => row[column])),
    outputs: manifest
      .filter(({ path }) => path !== 'program.log.gz')
      .map(({ label, path, size, sha256 }) => ({ label, path, size, sha256 })),
    succeeded: published.succeeded,
  };
}

/** A reproducible sequence of numbers in [0, 1) (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export async function until(condition: () => boolean, patienceMs = 60_000): Promise<void> {
  const give = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > give) throw new Error(`waited ${patienceMs / 1000} s in vain for ${condition}`);
    await sleep(5);
  }
}
