import { clientException } from './refusal.ts';
import type { World } from './world.ts';

/**
 * One page and the token of the next. AB 2.4: a page may be short or empty while a token exists, so whoever stops at a
 * short page misses some.
 */
export function page<Item>(
  world: World,
  items: readonly Item[],
  most: number,
  token: string | undefined,
): { readonly items: readonly Item[]; readonly next?: string } {
  const from = token === undefined ? 0 : position(token);
  const to = from + Math.min(items.length - from, pageSize(world, most));
  // A ragged service may also hand out a token with the last items on the page, and an empty page after it.
  const more = to < items.length || (to > from && world.raggedPages && world.random() < 0.2);
  return { items: items.slice(from, to), ...(more ? { next: `page-${to}` } : {}) };
}

function pageSize(world: World, most: number): number {
  return world.raggedPages && world.random() < 0.3 ? Math.floor(world.random() * most) : most;
}

function position(token: string): number {
  const found = /^page-(\d+)$/.exec(token)?.[1];
  if (found === undefined) throw clientException('nextToken is not valid');
  return Number(found);
}
