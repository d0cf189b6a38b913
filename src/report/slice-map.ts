import { count, plural } from './format.ts';
import type { RunProgress, SliceState } from './run-progress.ts';

/** Above so many slices only the failed ones are listed (design, section 12). */
export const mostMapped = 5000;
const acrossSmall = 40;
const acrossLarge = 100;
const listed = 60;

const glyphs: Readonly<Record<SliceState, string>> = {
  succeeded: '█',
  running: '▒',
  waiting: '·',
  failed: 'X',
  'without result': '-',
};

const order: readonly SliceState[] = ['succeeded', 'running', 'waiting', 'failed', 'without result'];

/** One sign for each slice of the round; the failed ones alone when there are too many. */
export function sliceMap({ map, failedSlices, slices }: RunProgress): string | undefined {
  if (map === undefined || map.length > mostMapped || slices.total > mostMapped)
    return failedOnly(failedSlices);
  // A map of one kind says no more than its count.
  if (new Set(map).size < 2) return undefined;
  const across = map.length <= 10 * acrossSmall ? acrossSmall : acrossLarge;
  const digits = String(map.length - 1).length;
  const lines: string[] = [];
  for (let first = 0; first < map.length; first += across) {
    const signs = map.slice(first, first + across).map((state) => glyphs[state]);
    lines.push(`${String(first).padStart(digits)} ${signs.join('')}`);
  }
  const met = order.filter((state) => map.includes(state));
  const legend = met.map((state) => `${glyphs[state]} ${state}`).join('   ');
  return `\`\`\`text\n${lines.join('\n')}\n\n${legend}\n\`\`\``;
}

function failedOnly(failed: readonly number[]): string | undefined {
  if (failed.length === 0) return undefined;
  const sorted = failed.toSorted((a, b) => a - b);
  const more = sorted.length > listed ? ` and ${plural(sorted.length - listed, 'other')}` : '';
  return `Failed slices: ${sorted.slice(0, listed).map(count).join(', ')}${more}`;
}
