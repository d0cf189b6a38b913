import type { RunProgress } from '../report/run-progress.ts';

/** What is missing for a run on AWS Batch to be published, where no workflow looks. */
export function unwatchedLines(
  { unwatched, run }: Pick<RunProgress, 'unwatched' | 'run'>,
  command: (words: string) => string,
): readonly string[] {
  if (unwatched !== true) return [];
  return [
    'Nobody is watching: its slices go on, but nothing is published and no budget is kept. Go on with:',
    `  ${command(`watch ${run} --follow`)}`,
  ];
}
