import type { Computed } from './block.ts';
import type { Problems } from './problems.ts';

/** Each after everything it reads; a circle is reported at every member's place. */
export function orderComputed(
  computed: readonly Computed[],
  parameters: readonly string[],
  problems: Problems,
): Computed[] {
  // A grid may call a parameter so; then nobody reads the position.
  const position = parameters.includes('index') ? undefined : 'index';
  const byName = new Map(computed.map((item) => [item.name, item]));
  const ordered = new Map<string, Computed>();
  const visit = (item: Computed, path: readonly string[]): boolean => {
    if (ordered.has(item.name)) return true;
    const start = path.indexOf(item.name);
    if (start >= 0) {
      const circle = [...path.slice(start), item.name].join(' -> ');
      problems.add(
        item.node,
        `derived parameters read each other in a circle: ${circle}`,
        'Break the circle.',
      );
      return false;
    }
    const reads = item.kind === 'derive' ? [...item.expression.names] : [];
    const needed = reads.map((name) => byName.get(name)).filter((other) => other !== undefined);
    if (!needed.every((other) => visit(other, [...path, item.name]))) return false;
    const indexed = reads.some((name) => name === position || ordered.get(name)?.indexed === true);
    ordered.set(item.name, item.kind === 'derive' ? { ...item, indexed } : item);
    return true;
  };
  for (const item of computed) visit(item, []);
  return [...ordered.values()];
}
