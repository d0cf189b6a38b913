import { type Architecture, architectures } from './architecture.ts';
import type { Registry } from './registry.ts';
import type { Repository } from './resolve.ts';
import { indexTag, type Wrapped } from './tags.ts';

/** An index of one content: the tag says which architectures it joins. */
export interface IndexName {
  readonly tag: string;
  readonly architectures: readonly Architecture[];
}

/**
 * Indexes that may serve queues of these architectures, the best first: of exactly those, of more, and last of some of
 * them, as where a program exists for one architecture only. Queues come and go, and no tag ever moves, so an image is
 * not lost when another architecture is wanted.
 */
export function indexNames(content: Wrapped, wanted: readonly Architecture[]): readonly IndexName[] {
  const missing = (of: readonly Architecture[]) => wanted.filter((one) => !of.includes(one)).length;
  return subsets(architectures)
    .filter((of) => of.some((one) => wanted.includes(one)))
    .toSorted((a, b) => missing(a) - missing(b) || a.length - b.length)
    .map((of) => ({ tag: indexTag(content, of), architectures: of }));
}

/** Those of them that lack nothing. */
export const wholeIndexNames = (content: Wrapped, wanted: readonly Architecture[]): readonly IndexName[] =>
  indexNames(content, wanted).filter(({ architectures: of }) => wanted.every((one) => of.includes(one)));

/** The first of them that the registry has. */
export async function findIndex(
  registry: Pick<Registry, 'digest'>,
  repository: Repository,
  names: readonly IndexName[],
): Promise<(IndexName & { readonly digest: string }) | undefined> {
  for (const name of names) {
    const digest = await registry.digest({ ...repository, tag: name.tag });
    if (digest !== undefined) return { ...name, digest };
  }
  return undefined;
}

function subsets<T>(of: readonly T[]): readonly (readonly T[])[] {
  const [first, ...rest] = of;
  return first === undefined ? [[]] : subsets(rest).flatMap((some) => [some, [first, ...some]]);
}
