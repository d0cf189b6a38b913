import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inParallel } from '../src/in-parallel.ts';
import { collected } from './results/fixtures.ts';

const items = Array.from({ length: 20 }, (_, index) => index);

/** Work that takes more turns the earlier the item: later ones are ready first. */
const work = async (item: number) => {
  for (let turn = 0; turn < 20 - item; turn += 1) await setImmediate();
  return item * 2;
};

test('answers come in the order of the items', async () => {
  expect(await collected(inParallel(items, 7, work))).toEqual(items.map((item) => item * 2));
});

test('as many are at work as allowed, and never more', async () => {
  let now = 0;
  let most = 0;
  const counted = async (item: number) => {
    now += 1;
    most = Math.max(most, now);
    await work(item);
    now -= 1;
  };
  await collected(inParallel(items, 7, counted));
  expect(most).toBe(7);
});

test('a fault ends it, once what had begun is finished', async () => {
  const begun: number[] = [];
  const finished: number[] = [];
  const faulty = async (item: number) => {
    begun.push(item);
    await work(item);
    finished.push(item);
    if (item === 3) throw new Error('item 3');
  };
  await expect(collected(inParallel(items, 4, faulty))).rejects.toThrow('item 3');
  expect(finished.toSorted()).toEqual(begun.toSorted());
  expect(begun).not.toContain(19);
});

test('a reader that stops early stops the work', async () => {
  const begun: number[] = [];
  const noted = async (item: number) => {
    begun.push(item);
    return item;
  };
  for await (const answer of inParallel(items, 4, noted)) if (answer === 2) break;
  expect(begun.length).toBeLessThan(10);
});
