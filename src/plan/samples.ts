import type { Combination } from '../grid/combination.ts';
import type { LoadedGrid } from '../grid/grid.ts';
import { resolveProgram } from '../grid/resolve.ts';
import type { Classified } from './classes.ts';
import type { Plan, ResourceClass, Slice } from './plan.ts';
import * as ranges from './ranges.ts';
import { groupsOf, spread } from './rounds.ts';

const sampleCount = 5;
/** Samples of larger grids come from their first part: expanding a million to show five would be the plan's main work. */
const sampledFrom = 100_000;

/** Five combinations spread over the grid, with the command that each would run. */
export function samplesOf(loaded: LoadedGrid, classified: Classified, runId: string): Plan['samples'] {
  const { combinations: sliceSize, per } = loaded.grid.slice;
  const step = per === 'slice' ? sliceSize : 1;
  const reach = Math.min(classified.combinations, sampledFrom);
  const chosen = spread(ranges.upTo(Math.ceil(reach / step)), sampleCount);
  const wanted = new Set(ranges.iterate(chosen).map((position) => position * step));
  const samples: { label: string; command: readonly string[] }[] = [];
  for (const combination of loaded.combinations()) {
    if (!wanted.has(combination.index)) continue;
    samples.push({ label: combination.label, command: commandOf(loaded, classified, combination, runId) });
    if (samples.length === wanted.size) break;
  }
  return samples;
}

function commandOf(
  loaded: LoadedGrid,
  classified: Classified,
  combination: Combination,
  runId: string,
): readonly string[] {
  const { grid } = loaded;
  const { resources, slice } = placeOf(classified, combination.index, grid.slice.combinations);
  return resolveProgram(grid, combination, { run: { id: runId }, slice, resources }).argv;
}

/** Class and slice of a combination, when everything runs in one round. */
function placeOf(
  { classes, members, combinations }: Classified,
  index: number,
  sliceSize: number,
): { readonly resources: ResourceClass['resources']; readonly slice: Pick<Slice, 'start' | 'end'> } {
  let before = 0;
  for (const group of groupsOf(members, ranges.upTo(combinations), sliceSize)) {
    const resources = classes[group.class]?.resources;
    const total = ranges.size(group.indexes);
    if (resources !== undefined && ranges.contains(group.indexes, index)) {
      const first = Math.floor(ranges.positionOf(group.indexes, index) / sliceSize) * sliceSize;
      const slice = { start: before + first, end: before + Math.min(first + sliceSize, total) };
      return { resources, slice };
    }
    before += total;
  }
  throw new Error(`combination ${index} is in no class`);
}
