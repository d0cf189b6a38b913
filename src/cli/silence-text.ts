import { plural } from '../report/format.ts';
import type { RunRecord } from '../run/records.ts';
import type { SilentSlices } from '../run/silent-slices.ts';

/**
 * Why combinations are missing although nothing failed, and what to do. Another round is not it: jobs of a run start
 * the image that the run was launched with.
 */
export function silenceLines(
  { slices, combinations, logUrl }: SilentSlices,
  { images, source }: Pick<RunRecord, 'images' | 'source'>,
  command: (words: string) => string,
): readonly string[] {
  const looks = Object.values(images).map(({ name, reference = name }) =>
    command(`image inspect ${reference} --run`),
  );
  return [
    `${plural(slices, 'slice')} ended well and wrote nothing, so ${plural(combinations, 'combination is', 'combinations are')} missing: the image did not start the worker.`,
    ...(logUrl === undefined ? [] : [`  what one of them wrote: ${logUrl}`]),
    ...looks.map((look) => `  what the image starts: ${look}`),
    `  A rerun starts the same image. Mend the image, then launch the grid anew: ${command(`run ${source.path}`)}`,
  ];
}
