import { RemoteError } from '../errors.ts';

/** One page of an answer; there is no token on the last one, or null, or an empty one. */
export interface Page<Item> {
  readonly items: readonly Item[] | undefined;
  readonly nextToken?: string | null | undefined;
}

/** Asks for the page at a token; for the first page there is none. */
export type AskPage<Answer> = (nextToken?: string) => Promise<Answer>;

/** No listing of ours is near it: one that goes on is never going to end. */
const endlessPages = 10_000;

/**
 * Page after page, until the last one or one that cannot be had (`undefined`). One may be short or empty although others
 * follow (AB 2.4 [MEM]; Auto Scaling and ECS say so themselves). Throws `RemoteError` where they never end, so that a
 * part never passes for the whole.
 */
export async function* pages<Item>(ask: AskPage<Page<Item> | undefined>): AsyncGenerator<Page<Item>> {
  let token: string | undefined;
  for (let page = 0; page < endlessPages; page++) {
    const answer = await ask(token);
    if (answer === undefined) return;
    yield answer;
    token = answer.nextToken || undefined;
    if (token === undefined) return;
  }
  throw new RemoteError(
    { service: 'AWS', operation: 'paging' },
    `AWS promises ever more pages of a list, after ${endlessPages.toLocaleString('en')} of them. Try again later.`,
  );
}

/** The items of all pages. */
export async function allItems<Item>(ask: AskPage<Page<Item>>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const { items = [] } of pages(ask)) all.push(...items);
  return all;
}

/** Pages that a question reads at most for its first items: a diagnosis must not take for ever. */
const firstPages = 3;

/**
 * Items of the first pages, until there are so many. Nothing found must not pass for nothing there: `undefined` when
 * nothing came and more was promised, or the first page cannot be had.
 */
export async function firstItems<Item>(
  most: number,
  ask: AskPage<Page<Item> | undefined>,
): Promise<readonly Item[] | undefined> {
  if (most === 0) return undefined;
  const first: Item[] = [];
  let read = 0;
  let isAll = false;
  for await (const { items = [], nextToken } of pages(ask)) {
    first.push(...items);
    isAll = !nextToken;
    read++;
    if (first.length >= most || read === firstPages) break;
  }
  return first.length === 0 && !isAll ? undefined : first.slice(0, most);
}
