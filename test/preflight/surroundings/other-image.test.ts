import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { RemoteError } from '../../../src/errors.ts';
import type { Registry } from '../../../src/image/registry.ts';
import { gatherImages } from '../../../src/preflight/surroundings/images.ts';
import { judgeImages } from '../../../src/preflight/surroundings/judge-images.ts';
import { otherImages } from '../../../src/preflight/surroundings/other-image.ts';
import { codesIn, notDoneIn } from './found.ts';
import { neverAskedEcr } from './wire.ts';

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const index = 'application/vnd.oci.image.index.v1+json';
const manifest = 'application/vnd.oci.image.manifest.v1+json';

/** A registry of what was pushed to it. */
class Shelf implements Registry {
  readonly #texts = new Map<string, { readonly text: string; readonly mediaType: string }>();

  push(content: object, mediaType: string): string {
    const text = JSON.stringify(content);
    this.#texts.set(digestOf(text), { text, mediaType });
    return digestOf(text);
  }

  member(architecture: string, labels: object = { 'dev.muster.worker': '1' }, claimed = architecture) {
    const config = this.push({ os: 'linux', architecture, config: { Labels: labels } }, 'config');
    const digest = this.push({ config: { digest: config, size: 1 }, layers: [] }, manifest);
    return { digest, platform: { os: 'linux', architecture: claimed } };
  }

  index(...manifests: readonly object[]): string {
    return this.push({ manifests }, index);
  }

  async manifest({ digest = '' }: { readonly digest?: string }) {
    const found = this.#texts.get(digest);
    return found && { digest, ...found };
  }

  async digest({ digest }: { readonly digest?: string }) {
    return digest;
  }

  async blob(_: unknown, digest: string) {
    return this.#texts.get(digest)?.text;
  }
}

async function look(registry: Registry, digest: string) {
  const wanted = {
    name: 'demo',
    reference: `ghcr.io/lab/demo@${digest}`,
    architectures: ['arm64', 'amd64'],
  } as const;
  const readOther = otherImages(registry);
  const facts = await gatherImages({ ecr: neverAskedEcr }, [wanted], { region: 'us-east-1', readOther });
  const checks = judgeImages(facts, { region: 'us-east-1', account: '123456789012' });
  return { codes: codesIn(checks), notDone: notDoneIn(checks) };
}

describe('an image of another registry', () => {
  test('is right with both members and the worker in each, wherever it is', async () => {
    const shelf = new Shelf();
    const digest = shelf.index(shelf.member('arm64'), shelf.member('amd64'));
    expect(await look(shelf, digest)).toEqual({ codes: [], notDone: [] });
  });

  test('is not there', async () => {
    expect(await look(new Shelf(), digestOf('nothing'))).toEqual({ codes: ['image-missing'], notDone: [] });
  });

  test('of one architecture lacks the other', async () => {
    const shelf = new Shelf();
    expect((await look(shelf, shelf.member('amd64').digest)).codes).toEqual(['image-architecture-missing']);
  });

  test('lacks a member that its index lists', async () => {
    const shelf = new Shelf();
    const lost = { digest: digestOf('lost'), platform: { os: 'linux', architecture: 'arm64' } };
    expect((await look(shelf, shelf.index(shelf.member('amd64'), lost))).codes).toEqual([
      'image-architecture-missing',
    ]);
  });

  test('for Windows is none for its architecture', async () => {
    const shelf = new Shelf();
    const windows = { ...shelf.member('arm64'), platform: { os: 'windows', architecture: 'arm64' } };
    expect((await look(shelf, shelf.index(shelf.member('amd64'), windows))).codes).toEqual([
      'image-architecture-missing',
    ]);
  });

  test('is of another architecture than its index says, or without the worker', async () => {
    const shelf = new Shelf();
    const swapped = shelf.index(shelf.member('amd64'), shelf.member('amd64', {}, 'arm64'));
    expect((await look(shelf, swapped)).codes).toEqual(['image-architecture-false', 'image-without-worker']);
  });

  test('is no image', async () => {
    const shelf = new Shelf();
    expect((await look(shelf, shelf.push({ layers: [] }, 'chart'))).codes).toEqual(['image-withheld']);
  });

  test('is not judged where its registry is down', async () => {
    const down = async () => {
      throw new RemoteError({ service: 'ghcr.io', operation: 'GET' }, 'ghcr.io does not answer');
    };
    expect(await look({ manifest: down, digest: down, blob: down }, digestOf('any'))).toEqual({
      codes: [],
      notDone: ['pushed', 'architectures', 'worker'],
    });
  });
});
