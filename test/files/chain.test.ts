import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { advance, type Head, head, isFirst, start } from '../../src/files/chain.ts';

let root: string;
let chain: string;
const at = (name: string) => join(root, name);
const file = (text: string) => {
  writeFileSync(at(text), text);
  return at(text);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'muster-chain-'));
  chain = at('chain');
  mkdirSync(at('staging'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a chain that was never started has no head', () => {
  expect(head(chain)).toBeUndefined();
});

test('only the first of two starters makes the chain', () => {
  begin('one');
  expect(start(chain, { number: 1, content: file('two'), staging: at('staging') })).toBeUndefined();
  expect(bytes()).toBe('one');
});

test('of two writers that know the same head the second loses', () => {
  const first = begin('one');
  expect(advance(chain, first, file('two'))).toBeDefined();
  expect(advance(chain, first, file('three'))).toBeUndefined();
  expect(bytes()).toBe('two');
});

test('a writer that slept through many pruned versions loses', () => {
  const first = begin('one');
  let newest: Head = first;
  for (let number = 2; number < 20; number++) newest = advance(chain, newest, file(`v${number}`)) ?? first;
  expect(advance(chain, first, file('late'))).toBeUndefined();
  expect(bytes()).toBe('v19');
});

test('a deletion is a version of its own, and can be followed by another', () => {
  const gone = advance(chain, begin('one'));
  expect(head(chain)).toMatchObject({ kind: 'gone', number: 2 });
  expect(gone && advance(chain, gone, file('again'))).toMatchObject({ kind: 'held', number: 3 });
});

test('pruning spares what a later writer has laid ready', () => {
  const first = begin('one');
  const laid = join(first.folder, '3-00000000000000aa');
  writeFileSync(laid, 'ready');
  const second = advance(chain, first, file('two'));
  expect(readFileSync(join(second?.folder ?? '', '3-00000000000000aa'), 'utf8')).toBe('ready');
});

test('knows the file that stood for the object before the chain did', () => {
  const plain = file('plain');
  start(chain, { number: 2, first: plain, content: file('two'), staging: at('staging') });
  expect(isFirst(chain, plain)).toBe(true);
  expect(isFirst(chain, file('other'))).toBe(false);
});

test('a chain without a first file has none', () => {
  begin('one');
  expect(isFirst(chain, at('one'))).toBe(false);
});

function begin(text: string): Head {
  const made = start(chain, { number: 1, content: file(text), staging: at('staging') });
  if (made === undefined) throw new Error('not started');
  return made;
}

const bytes = () => readFileSync(head(chain)?.file ?? '', 'utf8');
