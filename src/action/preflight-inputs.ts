import { ConfigurationError } from '../errors.ts';
import { type Group, groups } from '../preflight/finding.ts';
import { parsePlans } from './plans.ts';

/** Groups of checks to show; all without any. */
export function onlyGroups(names: readonly string[]): ReadonlySet<Group> {
  if (names.length === 0) return new Set(groups);
  const known = groups.filter((group) => names.includes(group));
  const unknown = names.filter((name) => !groups.some((group) => group === name));
  if (unknown.length === 0) return new Set(known);
  throw new ConfigurationError({
    file: 'input only',
    message: `there is no group of checks \`${unknown.join('`, `').slice(0, 400)}\``,
    fix: `Groups: ${groups.join(', ')}.`,
  });
}

/** Paths or names of grids, or those of plan-grid's plans. */
export function pathsOf(grids: readonly string[]): readonly string[] {
  if (grids[0]?.startsWith('[') !== true) return grids;
  return parsePlans('input grids', grids.join('\n')).map(({ path }) => path);
}
