import { describe, expect, test } from 'vitest';
import { allItems, firstItems, type Page } from '../../src/aws/pages.ts';
import { RemoteError } from '../../src/errors.ts';

/** A service with these pages; `denied` where it answers nothing. Tells the tokens that it was asked with. */
function listOf(...list: readonly (Page<string> | 'denied')[]) {
  const tokens: (string | undefined)[] = [];
  const ask = async (nextToken?: string) => {
    tokens.push(nextToken);
    const page = list[tokens.length - 1];
    if (page === undefined) throw new Error('asked beyond the last page');
    return page === 'denied' ? undefined : page;
  };
  return { ask, tokens };
}

const endless = async () => ({ items: [], nextToken: 'more' });

describe('all items', () => {
  const items = async (...list: readonly Page<string>[]) => {
    const { ask } = listOf(...list);
    return allItems(async (nextToken) => (await ask(nextToken)) ?? { items: [] });
  };

  test('are those of every page, empty ones between them', async () => {
    const pages = [{ items: ['a'], nextToken: '1' }, { items: [], nextToken: '2' }, { items: ['b', 'c'] }];
    expect(await items(...pages)).toEqual(['a', 'b', 'c']);
  });

  test.each([undefined, null, ''])('end at the token %j', async (nextToken) => {
    expect(await items({ items: ['a'], nextToken })).toEqual(['a']);
  });

  test('of a list that never ends are an error, not a part', async () => {
    await expect(allItems(endless)).rejects.toThrow(RemoteError);
  });
});

describe('first items', () => {
  test('are asked for with the token of the page before', async () => {
    const { ask, tokens } = listOf({ items: ['a'], nextToken: '1' }, { items: ['b'] });
    expect(await firstItems(5, ask)).toEqual(['a', 'b']);
    expect(tokens).toEqual([undefined, '1']);
  });

  test('are not asked for once there are enough', async () => {
    const { ask, tokens } = listOf({ items: ['a', 'b', 'c'], nextToken: '1' });
    expect(await firstItems(2, ask)).toEqual(['a', 'b']);
    expect(tokens).toHaveLength(1);
  });

  test('are not asked for where none is wanted', async () => {
    const { ask, tokens } = listOf();
    expect(await firstItems(0, ask)).toBeUndefined();
    expect(tokens).toEqual([]);
  });

  test('are none where nothing is there', async () => {
    expect(await firstItems(5, listOf({ items: undefined }).ask)).toEqual([]);
  });

  test('are unknown where nothing came and more was promised', async () => {
    expect(await firstItems(5, endless)).toBeUndefined();
  });

  test('are unknown where the first page cannot be had', async () => {
    expect(await firstItems(5, listOf('denied').ask)).toBeUndefined();
  });

  test('are those that came before a page that cannot be had', async () => {
    expect(await firstItems(5, listOf({ items: ['a'], nextToken: '1' }, 'denied').ask)).toEqual(['a']);
  });

  test('are unknown where the page after an empty one cannot be had', async () => {
    expect(await firstItems(5, listOf({ items: [], nextToken: '1' }, 'denied').ask)).toBeUndefined();
  });
});
