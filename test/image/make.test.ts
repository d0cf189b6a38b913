import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { identifyImage } from '../../src/image/identity.ts';
import { identityLabel, workerLabel } from '../../src/image/labels.ts';
import { freeNames, localName, pushImage } from '../../src/image/make.ts';
import { folderRecipe, referenceRecipe } from '../../src/image/recipe.ts';
import type { Reference } from '../../src/image/reference.ts';
import { contentTag, memberTag } from '../../src/image/tags.ts';
import { entryPoint } from '../../src/image/worker-layer.ts';
import { imagetools, memoryRoom } from './memory-room.ts';

const root = mkdtempSync(path.join(tmpdir(), 'make-'));
afterAll(() => rmSync(root, { recursive: true }));
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
function folder(name: string, files: Record<string, string>) {
  mkdirSync(path.join(root, 'docker', name), { recursive: true });
  for (const [file, text] of Object.entries(files))
    writeFileSync(path.join(root, 'docker', name, file), text);
}
folder('toy', { Dockerfile: `ARG BASE=debian:12@${digest('d')}\nFROM $BASE AS build\nFROM $BASE\n` });
folder('bare', { 'README.md': 'no Dockerfile' });

const commit = 'c'.repeat(40);
const clean = { commit, changed: false, version: 'v1', createdAt: 1_700_000_000 };
const recipe = (args: Record<string, string> = {}, from: Parameters<typeof folderRecipe>[3] = clean) =>
  folderRecipe(root, 'toy', args, from);

test('names that are free or ours already are set, and what names another image keeps naming it', async () => {
  const there: Record<string, string> = {
    own: digest('1'),
    'commit-a': digest('1'),
    v1: digest('2'),
    latest: digest('2'),
  };
  const registry = { digest: async ({ tag = '' }: Reference) => there[tag] };
  const repository = { registry: 'r.lab', repository: 'toy' };
  expect(await freeNames(registry, repository, 'own', ['commit-a', 'v1', 'v2', 'latest'])).toEqual({
    free: ['commit-a', 'v2', 'latest'],
    taken: ['v1'],
  });
});

describe('when the architectures of the queues change', () => {
  const repository = { registry: 'r.lab', repository: 'toy' };
  /** A registry that refuses to move any tag but `latest`, as a repository made by us does. */
  function scene() {
    const made = recipe();
    const room = memoryRoom((args, room) => {
      const tags = args
        .filter((_, index) => args[index - 1] === '--tag')
        .map((tag) => tag.split(':')[1] ?? '');
      if (tags.some((tag) => tag !== 'latest' && room.store.has(`toy:${tag}`))) return 1;
      imagetools(args, room);
      return 0;
    });
    for (const one of ['arm64', 'amd64'] as const)
      room.putImage('toy', memberTag(made.content, one), one, made.content, entryPoint);
    const push = (...join: readonly ('arm64' | 'amd64')[]) =>
      pushImage(room, made, { repository, architectures: join, join, names: ['v1', 'latest'] });
    return { made, room, push };
  }

  test('one that is added is joined beside what is there, whose names stay', async () => {
    const { push } = scene();
    const first = await push('amd64');
    const second = await push('arm64', 'amd64');
    expect(second.joined?.digest).not.toBe(first.joined?.digest);
    expect([second.joined?.tagged.at(-1), second.taken]).toEqual(['latest', ['v1']]);
  });

  test('one that is left out costs nothing, and `latest` keeps naming all', async () => {
    const { made, push, room } = scene();
    const first = await push('arm64', 'amd64');
    const before = room.calls.length;
    expect((await push('amd64')).joined).toEqual({ ...first.joined, tagged: [] });
    expect(room.calls).toHaveLength(before);
    expect(room.store.has(`toy:${contentTag(made.content)}-only-amd64`)).toBe(false);
  });
});

test('an image says what it is, what it stands on and where it comes from', () => {
  const { labels, image, content } = recipe();
  expect(labels).toMatchObject({
    [identityLabel]: image.identity,
    [workerLabel]: content.worker,
    'org.opencontainers.image.revision': commit,
    'org.opencontainers.image.version': 'v1',
    'org.opencontainers.image.base.name': 'debian:12',
    'org.opencontainers.image.base.digest': digest('d'),
  });
});

test('one that differs from the commit does not name it', () => {
  const { labels } = recipe({}, { ...clean, changed: true });
  expect(Object.keys(labels).filter((name) => /revision|version$/.test(name))).toEqual([]);
});

test('an argument goes to the builder, into the identity, and is judged as the base', () => {
  const { image, buildArgs, warnings } = recipe({ BASE: 'mirror/debian', OTHER: 'x' });
  expect([buildArgs, image.identity === recipe().image.identity]).toEqual([{ BASE: 'mirror/debian' }, false]);
  expect(warnings[0]).toContain('mirror/debian has no tag');
});

test('the worker changes the name of what is built, and not what the program is', () => {
  const other = recipe({ NODE_IMAGE: 'mirror/node:24' });
  expect(other.image).toEqual(recipe().image);
  expect(localName(other, 'arm64')).not.toBe(localName(recipe(), 'arm64'));
});

test('a wrapped image is named after what it was', () => {
  const reference = `ghcr.io/lab/model@${digest('e')}`;
  const { title, content, labels } = referenceRecipe(
    identifyImage(root, reference),
    {},
    { commit: null, changed: false },
  );
  expect([title, content.identity]).toEqual(['wrapped-model', 'e'.repeat(64)]);
  expect(labels['org.opencontainers.image.base.digest']).toBe(digest('e'));
});

test.each([
  ['nothing', 'there is no folder docker/nothing'],
  ['bare', 'there is no Dockerfile'],
])('%s cannot be made: %s', (name, words) => {
  expect(() => folderRecipe(root, name, {}, clean)).toThrow(words);
});
