import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRemovable, removeTree } from '../../src/worker/remove-tree.ts';
import { aRun } from './a-run.ts';

async function aLockedTree() {
  const { scratch } = await aRun();
  const inner = join(scratch, 'cache/deep');
  mkdirSync(inner, { recursive: true });
  writeFileSync(join(inner, 'file'), '');
  symlinkSync('/etc', join(inner, 'link'));
  for (const folder of [inner, join(scratch, 'cache')]) chmodSync(folder, 0o555);
  return { top: join(scratch, 'cache'), inner };
}

it('a tree of folders that cannot be written is removed', async () => {
  const { top } = await aLockedTree();
  removeTree(top);
  expect(existsSync(top)).toBe(false);
});

it('every folder of a tree becomes one that its owner may empty, and links are not followed', async () => {
  const { top, inner } = await aLockedTree();
  const before = statSync('/etc').mode;
  makeRemovable(top);
  expect([top, inner].map((folder) => statSync(folder).mode & 0o777)).toEqual([0o700, 0o700]);
  expect(statSync('/etc').mode).toBe(before);
});
