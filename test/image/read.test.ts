import { describe, expect, test } from 'vitest';
import { readImage } from '../../src/image/read.ts';
import type { Registry } from '../../src/image/registry.ts';
import { sha256 } from './fake-registry.ts';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const config = (architecture: string) =>
  JSON.stringify({
    os: 'linux',
    architecture,
    config: { Labels: { a: 'b' }, Entrypoint: ['/x'], User: '7' },
  });
const manifest = (architecture: string) =>
  JSON.stringify({
    config: { digest: sha256(config(architecture)), size: 10 },
    layers: [
      { digest: 'sha256:l', size: 100 },
      { digest: 'sha256:m', size: 1000 },
    ],
  });

/** A registry of these documents, each under `one` and its digest. */
function holding(...documents: readonly string[]): Registry {
  const [first = ''] = documents;
  const find = (digest: string) => documents.find((text) => sha256(text) === digest);
  return {
    async manifest({ digest }) {
      const text = digest === undefined ? first : find(digest);
      return text === undefined ? undefined : { digest: sha256(text), mediaType: manifestType, text };
    },
    digest: async () => sha256(first),
    blob: async (_, digest) => find(digest),
  };
}

const reference = { registry: 'r', repository: 'demo', tag: 'one' };
const entry = (text: string, os: string, architecture: string) => ({
  ...{ digest: sha256(text), size: 1, platform: { os, architecture } },
});

describe('reading an image', () => {
  test('adds up what a host downloads', async () => {
    const read = await readImage(holding(manifest('arm64'), config('arm64')), reference);
    expect(read).toMatchObject({
      ...{ kind: 'manifest', reference: 'r/demo:one', digest: sha256(manifest('arm64')) },
      image: { architecture: 'arm64', size: 1110, labels: { a: 'b' }, entrypoint: ['/x'], user: '7' },
    });
  });

  test('reads every member of an index', async () => {
    const index = JSON.stringify({
      manifests: [entry(manifest('arm64'), 'linux', 'arm64'), entry(manifest('amd64'), 'linux', 'amd64')],
    });
    const documents = ['arm64', 'amd64'].flatMap((one) => [manifest(one), config(one)]);
    const read = await readImage(holding(index, ...documents), reference);
    expect(read).toMatchObject({
      kind: 'index',
      entries: [{ image: { architecture: 'arm64' } }, { image: { architecture: 'amd64' } }],
    });
  });

  test('looks into the image where an entry says nothing of its platform', async () => {
    const index = JSON.stringify({ manifests: [{ digest: sha256(manifest('arm64')), size: 1 }] });
    const read = await readImage(holding(index, manifest('arm64'), config('arm64')), reference);
    expect(read).toMatchObject({ kind: 'index', entries: [{ os: 'linux', architecture: 'arm64' }] });
  });

  test('tells a member that the registry does not have', async () => {
    const index = JSON.stringify({ manifests: [entry(manifest('arm64'), 'linux', 'arm64')] });
    const read = await readImage(holding(index), reference);
    expect(read).toMatchObject({ kind: 'index', entries: [{ architecture: 'arm64' }] });
    expect(read?.kind === 'index' && read.entries[0]?.image).toBeUndefined();
  });

  test('leaves out what a builder attests', async () => {
    const index = JSON.stringify({
      manifests: [entry(manifest('arm64'), 'linux', 'arm64'), entry('attested', 'unknown', 'unknown')],
    });
    const read = await readImage(holding(index, manifest('arm64'), config('arm64')), reference);
    expect(read?.kind === 'index' && read.entries).toHaveLength(1);
  });

  test('finds nothing where there is nothing', async () => {
    const empty: Registry = { ...holding(), manifest: async () => undefined };
    expect(await readImage(empty, reference)).toBeUndefined();
  });

  test.each(['{"schemaVersion": 1, "history": []}', 'nonsense', '[]'])(
    'takes %s for no image',
    async (text) => {
      expect(await readImage(holding(text), reference)).toMatchObject({ kind: 'other' });
    },
  );

  test('refuses an image whose configuration is gone', async () => {
    await expect(readImage(holding(manifest('arm64')), reference)).rejects.toThrow(/not its configuration/);
  });
});
