import type { Combination } from '../grid/combination.ts';
import type { LoadedGrid } from '../grid/grid.ts';
import { valuesKept as valuesApart } from '../report/columns.ts';
import { compareGrids, type GridFacts } from '../report/compare.ts';
import { type RunFacts, valuesKept } from '../report/run-facts.ts';
import type { RunDeps } from './deps.ts';
import type { Prepared } from './prepare.ts';
import { allPublished } from './runs.ts';

/** What a run that is planned would compute otherwise than the newest published one of its grid; empty without one. */
export async function changesSince(
  deps: Pick<RunDeps, 'store' | 'log'>,
  loaded: LoadedGrid,
  { run, images }: Pick<Prepared, 'run' | 'images'>,
): Promise<readonly string[]> {
  const previous = await previousFacts(deps, { grid: loaded.grid.name, run });
  return previous === undefined ? [] : compareGrids(previous, factsOf(loaded, images));
}

/** The newest other publication of the same grid. */
export async function previousFacts(
  deps: Pick<RunDeps, 'store' | 'log'>,
  { grid, run }: { readonly grid: string; readonly run: string },
): Promise<RunFacts | undefined> {
  let newest: { readonly publishedAt: string; readonly facts: RunFacts } | undefined;
  for await (const value of allPublished(deps)) {
    if (value.grid !== grid || value.run === run) continue;
    if (newest === undefined || value.publishedAt > newest.publishedAt) newest = value;
  }
  return newest?.facts;
}

function factsOf(loaded: LoadedGrid, images: Prepared['images']): GridFacts {
  const identities = Object.values(images).map(({ name, identity }) => [name, identity]);
  return {
    axes: axesOf(
      loaded.axes.map(({ name }) => name),
      loaded.combinations(),
    ),
    command: loaded.grid.program.command.flat(),
    images: Object.fromEntries(identities),
  };
}

/** Values that occur, in order of appearance, as the facts of a run have them. */
function axesOf(names: readonly string[], combinations: Iterable<Combination>): GridFacts['axes'] {
  const values = new Map(names.map((name) => [name, new Set<string>()]));
  for (const { parameters, text } of combinations) {
    for (const [name, seen] of values) {
      const value = parameters[name];
      if (value !== undefined && seen.size < valuesApart) seen.add(text[name] ?? JSON.stringify(value));
    }
  }
  return [...values].map(([name, seen]) => ({
    ...{ name, count: seen.size, values: [...seen].slice(0, valuesKept) },
  }));
}
