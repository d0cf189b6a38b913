import { expect, test } from 'vitest';
import { readDockerfile, unpinnedBases } from '../../src/image/dockerfile.ts';

const digest = `sha256:${'a'.repeat(64)}`;
/** As a Dockerfile writes it. */
const braced = (name: string) => `\${${name}}`;
const basesOf = (text: string, given?: Record<string, string>) =>
  readDockerfile(text, given).stages.map(({ base }) => base);

test('every stage has its base and its name', () => {
  const { stages } = readDockerfile(
    'FROM debian:12 AS build\nRUN make\nfrom --platform=linux/arm64 scratch\nCOPY a b',
  );
  expect(stages.map(({ base, name }) => [base, name])).toEqual([
    ['debian:12', 'build'],
    ['scratch', undefined],
  ]);
});

test('arguments before the first FROM name bases', () => {
  expect(basesOf(`ARG V=12\nARG BASE=debian:$V\nFROM ${braced('BASE')}\n`)).toEqual(['debian:12']);
});

test('a given argument wins over the default', () => {
  expect(basesOf('ARG BASE=debian:12\nFROM $BASE', { BASE: 'mirror/debian:13' })).toEqual([
    'mirror/debian:13',
  ]);
});

test('an argument without a value takes what stands behind :-', () => {
  expect(basesOf(`ARG BASE\nFROM ${braced('BASE:-debian:12')}`)).toEqual(['debian:12']);
});

test('an argument of a stage names no base', () => {
  expect(basesOf(`FROM debian:12\nARG BASE=x\nFROM ${braced('BASE')}`)).toEqual(['debian:12', '']);
});

test('all arguments are known, those of stages too', () => {
  expect(readDockerfile('ARG A=1\nFROM scratch\nARG B C="two words"').args).toEqual(['A', 'B', 'C']);
});

test('continued lines are one instruction, and comments between them none', () => {
  const { stages } = readDockerfile('FROM scratch\nRUN a \\\n# why\n\n  && b\nUSER 1');
  expect(stages[0]?.instructions).toEqual([
    { word: 'RUN', rest: 'a && b', line: 2 },
    { word: 'USER', rest: '1', line: 6 },
  ]);
});

test('the escape directive is minded', () => {
  const { stages } = readDockerfile('# escape=`\nFROM scratch\nRUN a `\n b');
  expect(stages[0]?.instructions).toEqual([{ word: 'RUN', rest: 'a b', line: 3 }]);
});

test('what stands in a heredoc is no instruction', () => {
  expect(basesOf('FROM debian:12\nRUN <<END\nFROM nothing\nEND\nFROM scratch')).toEqual([
    'debian:12',
    'scratch',
  ]);
});

test('a file without FROM has no stage: the builder says so', () => {
  expect(readDockerfile('RUN true').stages).toEqual([]);
});

test.each([
  [`debian@${digest}`, []],
  [`debian:12@${digest}`, []],
  ['scratch', []],
  ['debian', ['debian has no tag: it is whatever is newest when it is built']],
  ['localhost:5000/debian', ['localhost:5000/debian has no tag: it is whatever is newest when it is built']],
  ['debian:latest', ['debian:latest: the tag `latest` moves: it is whatever is newest when it is built']],
  ['debian:12', ['debian:12 is pinned by its tag alone, which its owner may move: a digest cannot be']],
])('%s is called unpinned as it deserves', (base, words) => {
  expect(unpinnedBases(readDockerfile(`FROM ${base}`))).toEqual(words);
});

test('a stage of the file itself is no base', () => {
  expect(unpinnedBases(readDockerfile(`FROM debian@${digest} AS Build\nFROM build`))).toEqual([]);
});

test('a base without a value is told', () => {
  expect(unpinnedBases(readDockerfile('ARG BASE\nFROM $BASE'))).toEqual([
    'a base is empty: the build argument that names it has no value',
  ]);
});

test('a base of several stages is told once', () => {
  expect(unpinnedBases(readDockerfile('FROM debian AS a\nFROM debian'))).toHaveLength(1);
});
