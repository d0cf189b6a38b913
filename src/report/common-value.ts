import { drawable } from './figures/layout.ts';
import type { Summary } from './summary.ts';

/** The axis value that everything not succeeded shares, if there is one and it says something. */
export function commonValue(summary: Summary): string | undefined {
  const bad: number[] = [];
  for (const [row, state] of summary.columns.state.entries()) if (state !== 0) bad.push(row);
  if (bad.length < 2) return undefined;
  const shared = drawable(summary).flatMap((axis) => {
    const value = axis.index[bad[0] ?? 0] ?? -1;
    if (value < 0 || !bad.every((row) => axis.index[row] === value)) return [];
    return [`${axis.name} = ${axis.values[value]}${axis.unit === undefined ? '' : ` ${axis.unit}`}`];
  });
  return shared.length === 0 ? undefined : shared.join(', ');
}
