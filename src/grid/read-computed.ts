import type { Computed } from './block.ts';
import { orderComputed } from './computed-order.ts';
import { compileAt, reportUnknown } from './expression-places.ts';
import type { Parameter, Reading } from './parameters.ts';
import type { Node } from './tree.ts';

type Parameters = ReadonlyMap<string, { readonly parameter: Parameter; readonly node: Node }>;

/** Derived and unique parameters in an order in which each reads only what comes before. */
export function readComputed(
  computedNames: readonly string[],
  parameters: Parameters,
  slots: ReadonlyMap<string, number>,
  identity: readonly number[],
  names: readonly string[],
  known: ReadonlySet<string>,
  reading: Reading,
): Computed[] {
  const computed: Computed[] = [];
  for (const name of computedNames) {
    const parameter = parameters.get(name)?.parameter;
    const slot = slots.get(name) ?? -1;
    if (parameter?.kind === 'unique') {
      const { unique: form, node, attributes } = parameter;
      for (const other of form.except) {
        if (!known.has(other)) reportUnknown(other, known, node, 0, 'except', reading);
      }
      if (form.below < form.stride)
        reading.problems.add(node, '`below` leaves no room for one stride', 'Write a larger `below`.');
      const from = identity.filter((other) => !form.except.includes(names[other] ?? ''));
      computed.push({
        kind: 'unique',
        name,
        slot,
        form,
        format: attributes.format,
        from,
        node,
        indexed: false,
      });
    }
    if (parameter?.kind === 'derive') {
      const { node, attributes } = parameter;
      const expression = compileAt(parameter.expression, node, new Set([...known, 'index']), reading);
      if (expression !== undefined)
        computed.push({ kind: 'derive', name, slot, expression, attributes, node, indexed: false });
    }
  }
  return orderComputed(computed, names, reading.problems);
}
