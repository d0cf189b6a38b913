import type { Finding } from '../finding.ts';
import type { WantedClass, WantedQueue } from '../wanted.ts';
import { finding } from './codes.ts';
import type { FitRow } from './fit.ts';
import { aboutClass } from './on-queues.ts';

/** What slices on one instance are promised together, against the volume that muster.yaml says it has. */
export function judgeScratch(
  rows: readonly FitRow[],
  one: WantedClass,
  queue: WantedQueue | undefined,
): readonly Finding[] {
  const { scratchGib } = one.resources;
  const placed = rows.filter(({ verdict }) => verdict !== 'impossible');
  if (scratchGib === undefined || queue === undefined || placed.length === 0) return [];
  const about = aboutClass(one);
  if (queue.scratchMib === undefined) {
    const seen = `a slice asks for ${scratchGib} GiB of scratch; queue ${queue.name} has no \`scratch\` in muster.yaml`;
    const fix = `Give its instances a volume at /scratch and write \`queues.${queue.name}.scratch: SIZE\` in muster.yaml.`;
    return [finding('scratch-unmounted', { about, seen, fix })];
  }
  const volumeGib = queue.scratchMib / 1024;
  const full = placed
    .map((row) => ({ type: row.type.type, atOnce: together(row, one) }))
    .filter(({ atOnce }) => atOnce * scratchGib > volumeGib)
    .toSorted((a, b) => b.atOnce - a.atOnce);
  const [worst] = full;
  if (worst === undefined) return [];
  const seen = `up to ${worst.atOnce} ${worst.atOnce === 1 ? 'slice' : 'slices'} of ${scratchGib} GiB on a ${worst.type}: ${worst.atOnce * scratchGib} GiB of ${volumeGib}`;
  const enlarge = `nlarge the volume to ${worst.atOnce * scratchGib} GiB and say so in \`queues.${queue.name}.scratch\`.`;
  const share = Math.floor(volumeGib / worst.atOnce);
  // A volume that has not a GiB for each is no use to them at all.
  const fix =
    share === 0 ? `E${enlarge}` : `Write \`resources.scratch: ${share} GiB\` in ${one.grid}, or e${enlarge}`;
  return [
    finding(full.length === placed.length ? 'scratch-too-small' : 'scratch-crowded', { about, seen, fix }),
  ];
}

/** Of one class at once on one instance. */
function together({ perInstance }: FitRow, { slices, resources }: WantedClass): number {
  return Math.min(perInstance, slices, resources.concurrent ?? Number.POSITIVE_INFINITY);
}
