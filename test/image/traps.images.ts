import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Architecture } from '../../src/image/architecture.ts';
import { joinMembers } from '../../src/image/join.ts';
import { type Member, pushMember } from '../../src/image/push.ts';
import { readImage } from '../../src/image/read.ts';
import { judgeImage } from '../../src/image/verify.ts';
import { both, content, entrypoint, type ImageScene, openImageScene } from './scene.ts';

/** What others have pushed by mistake, made for real in a real registry. */
describe('of what a registry holds', () => {
  let scene: ImageScene;
  let members: Readonly<Record<Architecture, Member>>;

  beforeAll(async () => {
    scene = await openImageScene();
    const [amd64, arm64] = await Promise.all(both.map(pushed));
    if (amd64 === undefined || arm64 === undefined) throw new Error('two were pushed');
    members = { amd64, arm64 };
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  async function pushed(architecture: Architecture): Promise<Member> {
    const local = await scene.build(architecture, scene.folder(`made for ${architecture}`));
    return pushMember(scene.room, scene.request('trap', architecture, 'one'), local);
  }

  const at = (place: string) => `http://${scene.server.host}/v2/trap/manifests/${place}`;

  /** An index written by hand: what each entry claims, and what it names. */
  async function putIndex(tag: string, entries: readonly (readonly [Architecture, Architecture])[]) {
    const manifests = await Promise.all(
      entries.map(async ([claimed, named]) => {
        const { digest } = members[named];
        const response = await fetch(at(digest), { headers: { accept: dockerManifest } });
        const size = (await response.arrayBuffer()).byteLength;
        return { mediaType: dockerManifest, digest, size, platform: { os: 'linux', architecture: claimed } };
      }),
    );
    const body = JSON.stringify({ schemaVersion: 2, mediaType: index, manifests });
    const put = await fetch(at(tag), { method: 'PUT', body, headers: { 'content-type': index } });
    expect(put.status).toBe(201);
  }

  async function codes(tag: string): Promise<readonly string[]> {
    const read = await readImage(scene.room.registry, {
      registry: scene.server.host,
      ...{ repository: 'trap', tag },
    });
    if (read === undefined) return ['nothing there'];
    const wanted = { architectures: both, index: true, content, entrypoint };
    return judgeImage(read, wanted).map(({ code, architecture }) => `${code} ${architecture}`);
  }

  test('a good index by hand has no fault', async () => {
    await putIndex('good', [
      ['amd64', 'amd64'],
      ['arm64', 'arm64'],
    ]);
    expect(await codes('good')).toEqual([]);
  });

  test('a plain manifest is told where an index was meant', async () => {
    expect(await codes('one-amd64')).toEqual(['no-index amd64']);
  });

  test('two entries of one architecture are told', async () => {
    await putIndex('twice', [
      ['amd64', 'amd64'],
      ['arm64', 'arm64'],
      ['arm64', 'arm64'],
    ]);
    expect(await codes('twice')).toEqual(['architecture-twice arm64']);
  });

  test('an entry that claims another architecture than its image has is told', async () => {
    await putIndex('lies', [
      ['amd64', 'amd64'],
      ['arm64', 'amd64'],
    ]);
    expect(await codes('lies')).toEqual(['architecture-differs arm64']);
  });

  test('an index over one architecture lacks the other', async () => {
    await putIndex('half', [['amd64', 'amd64']]);
    expect(await codes('half')).toEqual(['architecture-missing arm64']);
  });

  test('a push is refused where its tag names an index over something else', async () => {
    const request = {
      repository: { registry: scene.server.host, repository: 'trap' },
      ...{ members: Object.values(members), tags: ['half'] as const, wanted: { content } },
    };
    await expect(joinMembers(scene.room, request)).rejects.toThrow(/trap:half exists with other content/);
  });

  // Last: it takes a member away.
  test('an index without one of its members is told', async () => {
    await putIndex('hollow', [
      ['amd64', 'amd64'],
      ['arm64', 'arm64'],
    ]);
    const gone = await fetch(at(members.arm64.digest), { method: 'DELETE' });
    expect(gone.status).toBe(202);
    expect(await codes('hollow')).toEqual(['member-missing arm64']);
  });
});

const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';
const index = 'application/vnd.oci.image.index.v1+json';
