import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { filesMatching, linksOutMatching, takeInventory } from '../../src/worker/found-files.ts';

function inventory(files: readonly string[], links: Readonly<Record<string, string>> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'muster-found-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(folder, path));
  return takeInventory(folder);
}

const files = ['out.h5', 'a/1.csv', 'a/b/2.csv', 'a/b/x.txt', 'odd[1].csv'];
const matching = (pattern: string, links = {}) =>
  filesMatching(inventory(files, links), pattern).map(({ path }) => path);

describe('files of the work directory', () => {
  it.each([
    ['out.h5', ['out.h5']],
    ['./out.h5', ['out.h5']],
    ['a/**', ['a/1.csv', 'a/b/2.csv', 'a/b/x.txt']],
    ['a/', ['a/1.csv', 'a/b/2.csv', 'a/b/x.txt']],
    ['a/*.csv', ['a/1.csv']],
    ['**/*.csv', ['a/1.csv', 'a/b/2.csv', 'odd[1].csv']],
    ['odd[1].csv', ['odd[1].csv']],
    ['a/{1,2}.csv', ['a/1.csv']],
    ['b', []],
  ])('match %s', (pattern, expected) => expect(matching(pattern)).toEqual(expected));

  it('may be links to files inside', () => {
    expect(matching('latest.h5', { 'latest.h5': 'out.h5' })).toEqual(['latest.h5']);
  });

  it('may lie behind a link to a folder inside', () => {
    expect(matching('latest/1.csv', { latest: 'a' })).toEqual(['latest/1.csv']);
  });

  it('are not links to nowhere or in circles', () => {
    expect(matching('*', { gone: 'nothing', round: 'round' })).toEqual(['odd[1].csv', 'out.h5']);
  });
});

describe('links out of the work directory', () => {
  it.each([
    ['named', 'key', { key: '/etc/hostname' }],
    ['in a glob', '*', { key: '/etc/hostname' }],
    ['of a folder above', 'etc/hostname', { etc: '/etc' }],
    ['by a relative path', 'key', { key: '../../../../../../../../etc/hostname' }],
  ])('are found: %s', (_, pattern, links) => {
    const found = inventory(files, links);
    expect(linksOutMatching(found, pattern)).toEqual(Object.keys(links));
    expect(filesMatching(found, pattern).filter(({ path }) => path in links)).toEqual([]);
  });
});
