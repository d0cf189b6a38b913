import { relative } from 'node:path';
import { ConfigurationError, describeProblem } from '../errors.ts';
import { code, fence } from '../report/escape.ts';
import type { GridFile } from '../run/grid-file.ts';
import { placeOf } from './place-of.ts';
import type { Action } from './run-action.ts';

/** Puts what is wrong with grids on their lines; returns a block for each. */
export function tellUnreadable(
  grids: readonly GridFile[],
  root: string,
  { job, voice }: Pick<Action<unknown>, 'job' | 'voice'>,
): readonly { readonly path: string; readonly markdown: string }[] {
  const prefix = relative(job.workspace, root);
  return grids.flatMap(({ path, loaded }) => {
    if (!(loaded instanceof ConfigurationError)) return [];
    for (const problem of loaded.problems) {
      voice.say(describeProblem(problem));
      voice.annotate({ level: 'error', ...placeOf(problem, prefix) });
    }
    const text = loaded.problems.map(describeProblem).join('\n');
    return [{ path, markdown: `### ${code(path)} cannot be read\n\n${fence(text)}\n` }];
  });
}
