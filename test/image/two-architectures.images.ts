import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkEntryPoint } from '../../src/image/check.ts';
import { type JoinedImage, type JoinRequest, joinMembers } from '../../src/image/join.ts';
import { findMember, type Member, pushMember } from '../../src/image/push.ts';
import { readImage } from '../../src/image/read.ts';
import { parseReference, type Reference } from '../../src/image/reference.ts';
import { judgeImage } from '../../src/image/verify.ts';
import { both, content, entrypoint, type ImageScene, openImageScene } from './scene.ts';

/** A real image through a real builder into a real registry; the other architecture is emulated. */
describe('an image of two architectures', () => {
  let scene: ImageScene;
  let members: readonly Member[];
  let joined: JoinedImage;
  let request: JoinRequest;

  beforeAll(async () => {
    scene = await openImageScene();
    const folder = scene.folder();
    const pushed: Member[] = [];
    for (const architecture of both) {
      const local = await scene.build(architecture, folder);
      pushed.push(await pushMember(scene.room, scene.request('demo', architecture, 'one'), local));
    }
    members = pushed;
    request = {
      repository: { registry: scene.server.host, repository: 'demo' },
      members,
      tags: ['one', 'c0ffee', 'latest'],
      wanted: { content, entrypoint },
    };
    joined = await joinMembers(scene.room, request);
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  const reference = (text = joined.reference) => parseReference(text) as Reference; // of our own making

  test('is read back from the registry as it was meant', async () => {
    const read = await readImage(scene.room.registry, reference());
    expect(read).toMatchObject({ kind: 'index', digest: joined.digest });
    const wanted = { architectures: both, index: true, content, entrypoint };
    expect(read && judgeImage(read, wanted)).toEqual([]);
  });

  test('has every tag on the same digest', async () => {
    const { registry } = scene.room;
    const digests = request.tags.map((tag) => registry.digest({ ...request.repository, tag }));
    expect(new Set(await Promise.all(digests))).toEqual(new Set([joined.digest]));
    expect(joined.tagged).toEqual(['one', 'c0ffee', 'latest']);
  });

  test.each([
    ['amd64', 'x86_64'],
    ['arm64', 'aarch64'],
  ] as const)('starts its entry point on %s', async (architecture, machine) => {
    const member = members.find((one) => one.architecture === architecture);
    const checked = await checkEntryPoint(scene.room, reference(member?.reference), architecture);
    expect(checked).toEqual({ architecture, ok: true, said: `well on ${machine} with --check` });
  });

  test('has the bytes that skopeo reads', () => {
    const skopeo = spawnSync('skopeo', [
      'inspect',
      '--raw',
      '--tls-verify=false',
      `docker://${joined.reference}`,
    ]);
    const { manifests } = JSON.parse(skopeo.stdout.toString());
    expect(manifests.map(({ digest }: { digest: string }) => digest).sort()).toEqual(
      members.map(({ digest }) => digest).sort(),
    );
  });

  test.each(both)('gives buildah the image of %s by the index', (architecture) => {
    const store = mkdtempSync(join(tmpdir(), 'muster-buildah-'));
    const folders = ['--root', join(store, 'root'), '--runroot', join(store, 'run')];
    const buildah = (...args: readonly string[]) => {
      const all = ['--storage-driver', 'vfs', ...folders, ...args];
      const { stdout, stderr } = spawnSync('buildah', all, { encoding: 'utf8' });
      return { said: stdout.trim(), trouble: stderr };
    };
    const from = ['--quiet', '--tls-verify=false', '--arch', architecture, `docker://${joined.reference}`];
    const pulled = buildah('pull', ...from);
    expect(pulled.trouble).toBe('');
    const format = '{{.OCIv1.Architecture}}';
    expect(buildah('inspect', '--type', 'image', '--format', format, pulled.said).said).toBe(architecture);
    rmSync(store, { recursive: true, force: true });
  });

  test('is what `docker buildx imagetools inspect` sees', async () => {
    const args = ['buildx', 'imagetools', 'inspect', '--format', '{{json .Manifest}}', joined.reference];
    const seen = JSON.parse(await scene.room.docker.run(args));
    expect(seen.digest).toBe(joined.digest);
  });

  test('says its commit, its time and its content in labels', async () => {
    const read = await readImage(scene.room.registry, reference(members[0]?.reference));
    expect(read).toMatchObject({
      kind: 'manifest',
      image: {
        labels: {
          'org.opencontainers.image.revision': 'c'.repeat(40),
          'org.opencontainers.image.created': '2023-11-14T22:13:20Z',
          'dev.muster.identity': content.identity,
          'dev.muster.worker': content.worker,
        },
        user: '1000:1000',
        workdir: '/work',
      },
    });
  });

  test('is found again without a build, and nothing is sent', async () => {
    scene.server.forgetRequests();
    const again = await Promise.all(
      both.map((architecture) => findMember(scene.room, scene.request('demo', architecture, 'one'))),
    );
    expect(again).toEqual(members.map((member) => ({ ...member, pushed: false })));
    expect(await joinMembers(scene.room, request)).toEqual({ ...joined, tagged: [] });
    expect(scene.server.requests().filter((line) => !/^(GET|HEAD) /.test(line))).toEqual([]);
  });

  test('of the same sources is built into the same bytes after another checkout', async () => {
    const local = await scene.build('amd64', scene.folder());
    scene.server.forgetRequests();
    const again = await pushMember(scene.room, scene.request('other', 'amd64', 'one'), local);
    expect(again.pushed).toBe(true);
    const first = await readLayers(members[0]?.reference);
    expect(await readLayers(again.reference)).toEqual(first);
  });

  async function readLayers(text: string | undefined): Promise<unknown> {
    const manifest = await scene.room.registry.manifest(reference(text));
    return JSON.parse(manifest?.text ?? '{}').layers;
  }
});
