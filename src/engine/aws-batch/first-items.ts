/** One page of an answer; `next` is absent, null or empty on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[] | undefined;
  readonly next: string | null | undefined;
}

/** Pages that one question reads at most: a diagnosis must not take for ever. */
const mostPages = 3;

/**
 * Items of the first pages, until there are so many. A page may be short or empty although others follow (AB 2.4
 * [MEM]; Auto Scaling and ECS say so themselves), and nothing found must not pass for nothing there. `undefined` when
 * the first page cannot be had, or nothing came and more was promised.
 */
export async function firstItems<Item>(
  most: number,
  ask: (token: string | undefined) => Promise<Page<Item> | undefined>,
): Promise<readonly Item[] | undefined> {
  const items: Item[] = [];
  let token: string | undefined;
  for (let page = 0; page < mostPages && items.length < most; page++) {
    const answer = await ask(token);
    if (answer === undefined) return page === 0 ? undefined : items;
    items.push(...(answer.items ?? []));
    token = answer.next || undefined;
    if (token === undefined) return items.slice(0, most);
  }
  return items.length === 0 ? undefined : items.slice(0, most);
}

export const after = (token: string | undefined) => (token === undefined ? {} : { nextToken: token });
