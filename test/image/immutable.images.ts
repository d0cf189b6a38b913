import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JoinRequest, joinMembers } from '../../src/image/join.ts';
import type { Content } from '../../src/image/labels.ts';
import { type Member, type MemberRequest, pushMember } from '../../src/image/push.ts';
import type { ImageRoom } from '../../src/image/room.ts';
import { immutableProxy } from './immutable-proxy.ts';
import { content, type ImageScene, openImageScene } from './scene.ts';

/** Two machines at the same push, as ECR lets them: each has looked before the other had pushed. */
describe('where tags are immutable', () => {
  let scene: ImageScene;
  let proxy: Awaited<ReturnType<typeof immutableProxy>>;
  beforeAll(async () => {
    scene = await openImageScene();
    proxy = await immutableProxy(scene.server.host);
    scene.alsoCalled(proxy.host);
  });
  afterAll(async () => {
    await proxy?.[Symbol.asyncDispose]();
    await scene?.[Symbol.asyncDispose]();
  });

  const other: Content = { identity: 'd'.repeat(64), worker: 'e'.repeat(64) };

  function request(name: string, of: Content = content): MemberRequest {
    const asked = scene.request(name, 'amd64', 'one', of);
    return { ...asked, reference: { ...asked.reference, registry: proxy.host } };
  }

  /** The same room, as it was before the other machine had pushed: its first look finds nothing. */
  function early(): ImageRoom {
    const seen = new Set<string>();
    const { room } = scene;
    const first = (tag = '') => !seen.has(tag) && seen.add(tag).size > 0;
    return {
      ...room,
      registry: {
        ...room.registry,
        manifest: async (reference) =>
          reference.digest === undefined && first(reference.tag)
            ? undefined
            : room.registry.manifest(reference),
      },
    };
  }

  async function push(asked: MemberRequest, word: string, room: ImageRoom = scene.room): Promise<Member> {
    return pushMember(room, asked, await scene.build('amd64', scene.folder(word), asked.content));
  }

  test('the second of two pushes of the same content takes what the first has pushed', async () => {
    const asked = request('race');
    const first = await push(asked, 'first');
    // Other bytes of the same content: two builds at different hours.
    const second = await push(asked, 'second', early());
    expect(second).toEqual({ ...first, pushed: false });
    expect(scene.said.join('\n')).toContain('cannot be overwritten because the repository is immutable');
  });

  test('the second of two pushes of other content is told so', async () => {
    await push(request('clash'), 'first');
    await expect(push(request('clash', other), 'second', early())).rejects.toThrow(
      /clash:one-amd64 exists with other content/,
    );
  });

  test('the second of two joins takes the index of the first', async () => {
    const repository = { registry: proxy.host, repository: 'joins' };
    const join = (members: JoinRequest['members'], room: ImageRoom) =>
      joinMembers(room, { repository, members, tags: ['one', 'latest'], wanted: { content } });
    const first = await join([await push(request('joins'), 'first')], scene.room);
    const asked = { ...request('joins').reference, tag: 'again-amd64' };
    const member = await push({ ...request('joins'), reference: asked }, 'second');
    const second = await join([member], early());
    expect(second.digest).toBe(first.digest);
  });
});
