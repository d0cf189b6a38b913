import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RemoteError } from '../../src/errors.ts';
import { architectures } from '../../src/image/architecture.ts';
import { identifyImage } from '../../src/image/identity.ts';
import { identifyBuilt, identifyPinned } from '../../src/image/pins.ts';
import { formatReference, type Reference } from '../../src/image/reference.ts';
import { repositoryOf, resolveImage } from '../../src/image/resolve.ts';

const root = mkdtempSync(path.join(tmpdir(), 'resolve-'));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(path.join(root, 'docker/toy'), { recursive: true });
writeFileSync(path.join(root, 'docker/toy/Dockerfile'), 'ARG BASE=debian:12\nFROM $BASE\nARG LEVEL\n');

const registry = 'registry.lab:5000/muster';
const worker = 'b'.repeat(64);
const place = { registry, architectures, worker: () => worker };
const pushed = `sha256:${'1'.repeat(64)}`;
const upstream = `ghcr.io/lab/model@sha256:${'2'.repeat(64)}`;

const toy = identifyImage(root, 'toy');
const holding = (...references: string[]) => ({
  digest: async (reference: Reference) =>
    references.includes(formatReference(reference)) ? pushed : undefined,
});
const toyTag = `${registry}/toy:${toy.identity.slice(0, 12)}-bbbbbbbb`;

test('a folder is found by its content and the worker', async () => {
  expect(await resolveImage(toy, place, holding(toyTag))).toEqual({
    image: { ...toy, reference: `${registry}/toy@${pushed}` },
  });
});

describe('an image whose queues are of', () => {
  const arm64 = `${toyTag}-only-arm64`;
  const amd64 = `${toyTag}-only-amd64`;
  test.each([
    ['arm64 is that of arm64 alone', ['arm64'], [arm64, toyTag], arm64],
    ['arm64 is that of both where nobody made another', ['arm64'], [amd64, toyTag], toyTag],
    ['both is that of both', architectures, [arm64, amd64, toyTag], toyTag],
    ['both is that of one while there is no other', architectures, [amd64], amd64],
    ['arm64 is never that of amd64', ['arm64'], [amd64], undefined],
  ] as const)('%s', async (_, queued, there, expected) => {
    const digests = new Map(there.map((tag, index) => [tag as string, `sha256:${String(index).repeat(64)}`]));
    const registryThere = { digest: async (reference: Reference) => digests.get(formatReference(reference)) };
    const { image } = await resolveImage(toy, { ...place, architectures: queued }, registryThere);
    const digest = expected && digests.get(expected);
    expect(image.reference).toBe(digest && `${registry}/toy@${digest}`);
  });
});

test('what was pushed with another worker is not taken: it may speak another language', async () => {
  const { image, lack } = await resolveImage(
    toy,
    { ...place, worker: () => 'c'.repeat(64) },
    holding(toyTag),
  );
  expect([image.reference, lack?.kind]).toEqual([undefined, 'not-pushed']);
});

test('a folder that nobody pushed names the command that does', async () => {
  const { lack } = await resolveImage(toy, place, holding());
  expect([lack?.message, lack?.fix]).toEqual([
    expect.stringContaining(toyTag),
    'Push it: muster image push toy',
  ]);
});

test('a reference is found wrapped, and keeps the identity of what it was', async () => {
  const wrapped = `${registry}/wrapped-model:222222222222-bbbbbbbb`;
  const { image } = await resolveImage(identifyImage(root, upstream), place, holding(wrapped));
  expect([image.identity, image.reference]).toEqual(['2'.repeat(64), `${registry}/wrapped-model@${pushed}`]);
});

test('a reference that was never wrapped is not started: it has no worker', async () => {
  const { image, lack } = await resolveImage(identifyImage(root, upstream), place, holding());
  expect([image.reference, lack?.fix]).toEqual([undefined, `Push it: muster image wrap ${upstream}`]);
});

test('a reference into our own registry is what was pushed there', async () => {
  const own = `${registry}/toy@sha256:${'3'.repeat(64)}`;
  expect((await resolveImage(identifyImage(root, own), place, holding())).image.reference).toBe(own);
});

test('a registry whose name only begins like ours is another one', async () => {
  const other = `${registry}-old/toy@sha256:${'3'.repeat(64)}`;
  expect(repositoryOf(registry, identifyImage(root, other))?.repository).toBe('muster/wrapped-toy');
});

test('a name without a folder cannot be pushed', async () => {
  const { lack } = await resolveImage(identifyImage(root, 'nothing'), place, holding());
  expect(lack?.fix).toContain('Add docker/nothing');
});

test('a registry that does not answer leaves it open, and says why', async () => {
  const error = new RemoteError({ service: 'registry.lab', operation: 'connect' }, 'nobody listens');
  const silent = {
    digest: () => Promise.reject(error),
  };
  const { image, lack } = await resolveImage(toy, place, silent);
  expect([image.reference, lack?.kind, lack?.error]).toEqual([undefined, 'unknown', error]);
  expect(lack?.message).toContain('nobody listens');
});

test('a bug is no trouble of the registry', async () => {
  const broken = { digest: () => Promise.reject(new TypeError('no function')) };
  await expect(resolveImage(toy, place, broken)).rejects.toThrow(TypeError);
});

test('without a registry only a digest is enough', async () => {
  expect((await resolveImage(identifyImage(root, upstream), undefined, holding())).image.reference).toBe(
    upstream,
  );
  expect((await resolveImage(toy, undefined, holding())).lack?.fix).toContain('registry:');
});

test('a pin wins over the folder, and is its own identity', () => {
  expect(identifyPinned(root, { toy: upstream }, 'toy')).toEqual({
    ...{ kind: 'digest', name: 'toy', identity: '2'.repeat(64), reference: upstream },
  });
});

test('a pinned name is what was pushed: it is not wrapped again', async () => {
  const pinned = identifyPinned(root, { toy: upstream }, 'toy');
  expect(repositoryOf(registry, pinned)).toBeUndefined();
});

test('an argument that the Dockerfile takes makes another program of it', () => {
  const identities = [
    {},
    { BASE: 'mirror/debian:12' },
    { LEVEL: '2' },
    { BASE: 'mirror/debian:12', LEVEL: '2' },
  ].map((args) => identifyBuilt(root, 'toy', args).identity);
  expect([new Set(identities).size, identities[0]]).toEqual([4, toy.identity]);
});

test('an argument that it does not take changes nothing, nor does their order', () => {
  expect(identifyBuilt(root, 'toy', { OTHER: 'x' })).toEqual(toy);
  expect(identifyBuilt(root, 'toy', { LEVEL: '2', BASE: 'x' })).toEqual(
    identifyBuilt(root, 'toy', { BASE: 'x', LEVEL: '2' }),
  );
});
