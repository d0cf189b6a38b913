import type { Computed, Filter } from './block.ts';
import { compileAt, reportUnknown } from './expression-places.ts';
import { expressionFilter, matchFilter } from './filter.ts';
import type { Reading } from './parameters.ts';
import { child, type Node, toValue } from './tree.ts';

/** `exclude` and `only` of one shape. */
export interface WrittenFilters {
  readonly exclude: readonly Node[];
  readonly only: Node | undefined;
}

export function filtersOf(node: Node): WrittenFilters {
  const exclude = child(node, 'exclude');
  return { exclude: exclude?.kind === 'list' ? exclude.items : [], only: child(node, 'only') };
}

export function readFilters(
  { exclude, only }: WrittenFilters,
  slots: ReadonlyMap<string, number>,
  computed: readonly Computed[],
  known: ReadonlySet<string>,
  reading: Reading,
): Filter[] {
  const { problems } = reading;
  const indexed = new Set(computed.filter((item) => item.indexed).map((item) => item.name));
  const filters: Filter[] = [];
  const knownInTime = (names: Iterable<string>, node: Node): boolean => {
    const late = [...names].find((name) => (name === 'index' && !known.has(name)) || indexed.has(name));
    if (late === undefined) return true;
    problems.add(node, `\`${late}\` is not known before points are left out`, 'Filter by other parameters.');
    return false;
  };
  const compiled = (node: Node, wanted: boolean) => {
    const expression = compileAt(String(toValue(node)), node, new Set([...known, 'index']), reading);
    if (expression !== undefined && knownInTime(expression.names, node))
      filters.push(expressionFilter(problems.file, node, expression, slots, wanted));
  };
  for (const node of exclude) {
    const match = toValue(node);
    if (typeof match !== 'object' || match === null || Array.isArray(match)) compiled(node, false);
    else {
      for (const name of Object.keys(match))
        if (!known.has(name)) reportUnknown(name, known, node, -1, 'exclude', reading);
      // An object: lists and null are ruled out above.
      if (knownInTime(Object.keys(match), node))
        filters.push(matchFilter(node, match as Readonly<Record<string, never>>, slots));
    }
  }
  if (only !== undefined) compiled(only, true);
  return filters;
}
