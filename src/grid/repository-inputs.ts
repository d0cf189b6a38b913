import type { DataFiles } from './data-files.ts';
import type { Input } from './grid.ts';
import type { Problems } from './problems.ts';
import { at, type Node } from './tree.ts';

/**
 * Inputs without a scheme lie in the repository: they are read now, so that the run keeps them as they are and knows
 * their digests. Others are fetched by the worker, and may hold placeholders.
 */
export function toInputs(
  written: readonly Input[],
  node: Node | undefined,
  problems: Problems,
  data: DataFiles,
): readonly Input[] {
  return written.flatMap((input, index): readonly Input[] => {
    const place = node === undefined ? undefined : at(node, [index, 'from']);
    if (place === undefined || /^[a-z][a-z0-9+.-]*:\/\//i.test(input.from)) return [input];
    if (input.from.includes('{')) {
      problems.add(
        place,
        'an input of the repository cannot hold placeholders: its files are kept with the run',
        'Name the folder with a final /, and choose the file in `command`.',
      );
      return [];
    }
    const from = input.from.endsWith('/')
      ? data.readFolder(input.from, place)
      : data.read(input.from, 'program', place)?.path;
    return from === undefined ? [] : [{ ...input, from }];
  });
}
