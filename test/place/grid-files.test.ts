import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gridPath, gridsIn } from '../../src/place/grid-files.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'muster-grids-'));
  for (const folder of ['grids', 'docs', 'demo']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'muster.yaml'), '');
  for (const name of ['demo.yaml', 'compas.yml', 'notes.txt']) writeFileSync(join(root, 'grids', name), '');
});
afterEach(() => rmSync(root, { recursive: true }));

test('a folder stands for the grid files in it', () => {
  expect(gridsIn(root, ['grids/'])).toEqual(['grids/compas.yml', 'grids/demo.yaml']);
});

test('a name of a grid stays one, also where a folder has the same name', () => {
  expect(gridsIn(root, ['demo', 'nothing'])).toEqual(['demo', 'nothing']);
});

test('a folder without grid files is told of', () => {
  expect(() => gridsIn(root, ['docs'])).toThrow(/docs: there is no grid file in this folder/);
});

test('the grid that was meant is suggested, and the others are listed', () => {
  expect(() => gridPath(root, root, 'dmeo')).toThrow(
    /dmeo: there is no such grid file\n {2}Did you mean `demo`\? Grids here: compas\.yml, demo\.yaml/,
  );
  expect(() => gridPath(root, root, 'xyzzy')).toThrow(/file\n {2}Grids here/);
});

test('a folder in the place of one grid is called what it is', () => {
  expect(() => gridPath(root, root, 'docs')).toThrow(/docs: that is a folder, and one grid is asked for/);
});
