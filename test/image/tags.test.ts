import { expect, test } from 'vitest';
import { contentTag, indexTag, memberTag, namesOf, safeTag } from '../../src/image/tags.ts';

const content = {
  identity: `${'a'.repeat(12)}${'0'.repeat(52)}`,
  worker: `${'b'.repeat(8)}${'0'.repeat(56)}`,
};
const commit = '0123456789abcdef0123456789abcdef01234567';

test('the content tag is 12 digits of the program and 8 of the worker', () => {
  expect(contentTag(content)).toBe('aaaaaaaaaaaa-bbbbbbbb');
});

test('another program and another worker are other tags', () => {
  const tags = [
    content,
    { ...content, identity: 'c'.repeat(64) },
    { ...content, worker: 'c'.repeat(64) },
  ].map(contentTag);
  expect(new Set(tags).size).toBe(3);
});

test('a member says its architecture behind the content', () => {
  expect(memberTag(content, 'arm64')).toBe('aaaaaaaaaaaa-bbbbbbbb-arm64');
});

test('an index of fewer architectures than there are has a tag of its own, so that one of more can be made', () => {
  const sets = [['amd64', 'arm64'], ['amd64'], ['arm64']] as const;
  expect(sets.map((set) => indexTag(content, set))).toEqual([
    ...['aaaaaaaaaaaa-bbbbbbbb', 'aaaaaaaaaaaa-bbbbbbbb-only-amd64', 'aaaaaaaaaaaa-bbbbbbbb-only-arm64'],
  ]);
});

test('a clean checkout is named by commit, version and latest', () => {
  expect(namesOf({ commit, changed: false, version: 'v1.2.0' })).toEqual([
    'commit-0123456789ab',
    'v1.2.0',
    'latest',
  ]);
});

test('what differs from the commit is not named after it', () => {
  expect(namesOf({ commit, changed: true, version: 'v1.2.0' })).toEqual(['latest']);
});

test('outside git there is only latest', () => {
  expect(namesOf({ commit: null, changed: false })).toEqual(['latest']);
});

test('a version that is called latest is said once', () => {
  expect(namesOf({ commit, changed: false, version: 'latest' })).toEqual(['commit-0123456789ab', 'latest']);
});

test.each([
  ['release/1.0+b7', 'release-1.0-b7'],
  ['.hidden', 'hidden'],
  ['v1_2-rc.3', 'v1_2-rc.3'],
  ['äöü', 'unnamed'],
  ['x'.repeat(200), 'x'.repeat(128)],
])('%s becomes the tag %s', (text, tag) => {
  expect(safeTag(text)).toBe(tag);
});
