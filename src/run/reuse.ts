import type { LoadedGrid } from '../grid/grid.ts';
import { sameWork } from '../grid/identity.ts';
import { resolveProgram } from '../grid/resolve.ts';
import type { IdentifiedImage } from '../image/identity.ts';
import type { PreparedPlan } from '../plan/make-plan.ts';
import type { Ranges } from '../plan/plan.ts';
import * as ranges from '../plan/ranges.ts';
import {
  type NewWork,
  type PublishedWork,
  type Reuse,
  type Reused,
  reusedWork,
  tallyReuse,
} from '../plan/reuse.ts';
import { readWorkIndex } from '../results/read-merged.ts';
import type { WorkLine } from '../results/work-index.ts';
import type { RunDeps } from './deps.ts';
import type { ReusedRecord } from './records.ts';
import { reviewBranch } from './review.ts';
import { allPublished } from './runs.ts';

interface ReuseRequest {
  readonly loaded: LoadedGrid;
  readonly run: string;
  readonly images: Readonly<Record<string, IdentifiedImage>>;
  readonly prepared: PreparedPlan;
  readonly selected: Ranges | null;
}

interface Published extends PublishedWork {
  readonly sha256: string;
  readonly outputs: (index: number) => WorkLine['outputs'];
}

/** Looks the grid's work up in every published run of the store; what is found is checked to be still there. */
export async function findReuse(
  deps: Pick<RunDeps, 'store' | 'forge' | 'log'>,
  request: ReuseRequest,
): Promise<{ readonly reuse: Reuse; readonly records: readonly ReusedRecord[] }> {
  const { loaded, run } = request;
  if (!loaded.reusable || loaded.grid.slice.per === 'slice') return nothing;
  const published = await readPublished(deps, run);
  if (published.length === 0) return nothing;
  const sound = await presentOnly(deps, [...reusedWork(worksOf(request), published)], published);
  const reuse = tallyReuse(sound, published);
  const digests = new Map(published.map((one) => [one.run, one.sha256]));
  const records = sound.map((match): ReusedRecord => ({ ...match, sha256: digests.get(match.run) ?? '' }));
  return { reuse, records };
}

const nothing = { reuse: { known: true, indexes: [], runs: [] }, records: [] } as const;

async function readPublished(
  deps: Pick<RunDeps, 'store' | 'forge' | 'log'>,
  self: string,
): Promise<readonly Published[]> {
  const found: Published[] = [];
  for await (const value of allPublished(deps)) {
    if (value.run === self || value.succeeded === 0) continue;
    const byWork = new Map<string, number>();
    const outputs = new Map<number, WorkLine['outputs']>();
    for await (const line of readWorkIndex(deps.store, value)) {
      byWork.set(line.work, line.index);
      outputs.set(line.index, line.outputs);
    }
    const review = await deps.forge.findReview(reviewBranch(value.run));
    found.push({
      ...{ run: value.run, sha256: value.sha256, reviewed: review?.state === 'merged' },
      find: (work) => byWork.get(work),
      outputs: (index) => outputs.get(index) ?? [],
    });
  }
  return found.reverse();
}

function* worksOf({ loaded, run, images, prepared, selected }: ReuseRequest): Generator<NewWork> {
  const { grid } = loaded;
  const fileDigests = Object.fromEntries(
    loaded.data.filter(({ use }) => use === 'program').map(({ path, sha256 }) => [path, sha256]),
  );
  const classAt = classLookup(prepared);
  for (const combination of loaded.combinations()) {
    const { index, id } = combination;
    if (selected !== null && !ranges.contains(selected, index)) continue;
    const { resources, image } = classAt(index);
    const context = { run: { id: run }, slice: { start: index, end: index + 1 }, resources };
    const work = sameWork({
      resolved: resolveProgram(grid, combination, context),
      architecture: resources.architecture,
      image: images[image]?.identity ?? '',
      fileDigests,
    });
    yield { index, id, work };
  }
}

function classLookup({ plan, members }: PreparedPlan) {
  return (index: number) => {
    const member =
      members.length === 1 ? members[0] : members.find((one) => ranges.contains(one.indexes, index));
    const found = plan.classes.find((one) => one.class === member?.class);
    if (found === undefined) throw new Error(`combination ${index} has no resource class`);
    return found;
  };
}

/** Outputs looked at together. */
const width = 32;

/** Drops matches with an output that was deleted or replaced: size and checksum must be those of the manifest. */
async function presentOnly(
  deps: Pick<RunDeps, 'store'>,
  matches: readonly Reused[],
  published: readonly Published[],
): Promise<readonly Reused[]> {
  const byRun = new Map(published.map((one) => [one.run, one]));
  const sound: Reused[] = [];
  for (let start = 0; start < matches.length; start += width) {
    const batch = matches.slice(start, start + width);
    const checks = await Promise.all(
      batch.map(async (match) => {
        const outputs = byRun.get(match.run)?.outputs(match.from) ?? [];
        const stats = await Promise.all(outputs.map(({ key }) => deps.store.stat(key)));
        return outputs.every(({ size, sha256 }, at) => {
          const stat = stats[at];
          return stat?.size === size && (stat.sha256 === undefined || stat.sha256 === sha256);
        });
      }),
    );
    sound.push(...batch.filter((_, at) => checks[at]));
  }
  return sound;
}
