import type { Summary } from '../summary.ts';
import type { Figure } from './frame.ts';
import { resultMap } from './result-map.ts';
import { resultStrips } from './result-strips.ts';
import { stateMap } from './state-map.ts';
import { timeline } from './timeline.ts';
import { timeFigure } from './times.ts';

export type { Figure } from './frame.ts';

export interface FigureOptions {
  /** Results that get figures, in written order; 4 unless told. */
  readonly results?: number;
}

/**
 * The figures that say something about this ensemble: none for a single combination. The same summary gives the
 * same bytes on every machine. One after the other, since each needs the memory of a drawing.
 */
export async function renderFigures(
  summary: Summary,
  options: FigureOptions = {},
): Promise<readonly Figure[]> {
  const figures: (Figure | undefined)[] = [await stateMap(summary)];
  const names = fileNames(summary.results.map(({ name }) => name));
  for (const [at, result] of summary.results.slice(0, options.results ?? 4).entries()) {
    const name = names[at] ?? String(at);
    figures.push(await resultMap(summary, result, `map-${name}.svg`));
    figures.push(await resultStrips(summary, result, `result-${name}.svg`));
  }
  figures.push(await timeFigure(summary), await timeline(summary));
  return figures.filter((figure) => figure !== undefined);
}

/** Names of results as parts of file names: plain and different. */
export function fileNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain =
      name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 40) || 'result';
    let own = plain;
    for (let number = 2; taken.has(own); number += 1) own = `${plain}-${number}`;
    taken.add(own);
    return own;
  });
}
