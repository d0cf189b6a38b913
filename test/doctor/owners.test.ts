import { expect, test } from 'vitest';
import { ownersOf, readOwners } from '../../src/doctor/owners.ts';
import { repository } from './repository.ts';

test('of several CODEOWNERS the one that GitHub reads first counts', () => {
  const root = repository({ CODEOWNERS: '* @second', '.github/CODEOWNERS': '* @first' });
  expect(readOwners(root)).toEqual({ file: '.github/CODEOWNERS', text: '* @first' });
});

test.each([
  ['* @a', 'grids/x.yaml', ['@a']],
  ['/grids/ @a', 'grids/x.yaml', ['@a']],
  ['grids/ @a', 'grids/deep/x.yaml', ['@a']],
  ['/grids @a', 'grids/x.yaml', ['@a']],
  ['grids/** @a', 'grids/deep/x.yaml', ['@a']],
  ['grids/* @a', 'grids/x.yaml', ['@a']],
  ['grids/* @a', 'grids/deep/x.yaml', []],
  ['*.yaml @a @b', 'grids/x.yaml', ['@a', '@b']],
  ['muster.yaml @a', 'muster.yaml', ['@a']],
  ['/docs/ @a', 'grids/x.yaml', []],
  ['* @a\n/grids/ @b', 'grids/x.yaml', ['@b']],
  ['* @a\n/grids/', 'grids/x.yaml', []],
  ['# * @a\n\n* @b # everyone', 'muster.yaml', ['@b']],
  ['', 'muster.yaml', []],
])('owners by %j of %s are %j', (text, path, owners) => {
  expect(ownersOf(text, path)).toEqual(owners);
});
