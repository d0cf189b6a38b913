import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import type { Value } from './combination.ts';
import type { LoadedGrid, ResolvedProgram } from './grid.ts';

export { canonicalJson };

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The point's own name: 16 hex digits, whatever else the grid holds. `parameters` without derived and unique ones. */
export function combinationId(parameters: Readonly<Record<string, Value>>): string {
  return sha256(canonicalJson(parameters)).slice(0, 16);
}

/** Bumped when the meaning of a grid file changes, so that old runs are not taken for new ones. */
const language = 1;

/**
 * What a run is: the grid without what only people or the purse see, the data it reads, and the images. 12 hex digits.
 * `imageIdentities` by the name the grid uses.
 */
export function runIdentity(loaded: LoadedGrid, imageIdentities: Readonly<Record<string, string>>): string {
  const { description, budget, failures, retry, expected, keep, launch, ...work } = loaded.grid;
  const data = loaded.data.map(({ path, sha256: digest, use }) => ({ path, sha256: digest, use }));
  return sha256(canonicalJson(plain({ language, grid: work, data, images: imageIdentities }))).slice(0, 12);
}

export const runId = (grid: string, identity: string) => `${grid}-${identity}`;

/** SHA-256 of everything that decides what a combination's program does: equal means its outputs can be reused. */
export function sameWork(work: {
  readonly resolved: ResolvedProgram;
  readonly architecture: string;
  /** Content identity of the image, without the worker layer. */
  readonly image: string;
  /** SHA-256 of `program.files` and of inputs that lie in the repository, by path. */
  readonly fileDigests: Readonly<Record<string, string>>;
}): string {
  const { argv, environment, files, outputs, verify } = work.resolved;
  const digests = files.map((path) => [path, work.fileDigests[path] ?? null] as const);
  const inputs = work.resolved.inputs.map((input) => {
    const content = digestsBelow(input.from, work.fileDigests);
    return content.length === 0 ? input : { ...input, content };
  });
  const { architecture, image } = work;
  return sha256(
    canonicalJson(
      plain({
        argv,
        environment,
        files: digests,
        inputs,
        outputs,
        verify: verify ?? null,
        architecture,
        image,
      }),
    ),
  );
}

/** Of the file, or of all files below the folder (written with a final `/`), sorted by path. */
const digestsBelow = (from: string, digests: Readonly<Record<string, string>>) =>
  Object.entries(digests)
    .filter(([path]) => path === from || (from.endsWith('/') && path.startsWith(from)))
    .sort(([one], [other]) => (one < other ? -1 : 1));

/** JSON and back: interfaces lose what has no value. */
// The result of JSON.parse of a JSON text is a Value by definition.
const plain = (value: unknown): Value => JSON.parse(JSON.stringify(value)) as Value;
