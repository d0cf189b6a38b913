import { describe, expect, test } from 'vitest';
import type { LocalImage } from '../../src/image/local.ts';
import { findMember, type MemberRequest, pushMember } from '../../src/image/push.ts';
import { type MemoryRoom, memoryRoom } from './memory-room.ts';

const content = { identity: 'a', worker: 'w' };
const request: MemberRequest = {
  reference: { registry: 'r.example', repository: 'demo', tag: 'a-w-arm64' },
  ...{ architecture: 'arm64', content },
};
const local: LocalImage = {
  ...{ id: 'sha256:local', reference: 'x', architecture: 'arm64', labels: {}, entrypoint: [] },
  ...{ user: '', workdir: '', size: 1 },
};
const nothing = () => 0;
const put = (room: MemoryRoom, of: object = content, architecture: 'arm64' | 'amd64' = 'arm64') =>
  room.putImage('demo', 'a-w-arm64', architecture, of);

describe('an image that was pushed before', () => {
  test('is found by the tag of its content', async () => {
    const room = memoryRoom(nothing);
    const digest = put(room);
    expect(await findMember(room, request)).toEqual({
      ...{ architecture: 'arm64', digest, reference: `r.example/demo@${digest}`, pushed: false },
    });
  });

  test('is not found where there is nothing', async () => {
    expect(await findMember(memoryRoom(nothing), request)).toBeUndefined();
  });

  test('needs neither Docker nor a login', async () => {
    const room = memoryRoom(nothing);
    put(room);
    await pushMember(room, request, local);
    expect([...room.calls, ...room.logins]).toEqual([]);
  });

  test.each([
    ['another program', { identity: 'b', worker: 'w' }, 'arm64'],
    ['another worker', { identity: 'a', worker: 'v' }, 'arm64'],
    ['no labels of ours', {}, 'arm64'],
    ['another architecture', content, 'amd64'],
  ] as const)('of %s under the same tag is never overwritten', async (_what, of, architecture) => {
    const room = memoryRoom(nothing);
    put(room, of, architecture);
    await expect(pushMember(room, request, local)).rejects.toThrow(
      /demo:a-w-arm64 exists with other content/,
    );
    expect(room.calls).toEqual([]);
  });

  test('under a tag that names an index is not taken for it', async () => {
    const room = memoryRoom(nothing);
    room.put('demo', 'a-w-arm64', '{"manifests": []}');
    await expect(findMember(room, request)).rejects.toThrow(/it names an index/);
  });
});

describe('a push', () => {
  test('logs in, and names what it sends by its id', async () => {
    const room = memoryRoom(([command], room) => {
      if (command === 'push') put(room);
      return 0;
    });
    expect(await pushMember(room, request, local)).toMatchObject({ pushed: true });
    expect(room.logins).toEqual(['r.example']);
    expect(room.calls).toEqual([
      'tag sha256:local r.example/demo:a-w-arm64',
      'push r.example/demo:a-w-arm64',
    ]);
  });

  test('that an immutable tag refuses is well where another machine pushed the same meanwhile', async () => {
    const room = memoryRoom(([command], room) => {
      if (command !== 'push') return 0;
      put(room);
      return 1;
    });
    expect(await pushMember(room, request, local)).toMatchObject({ pushed: false });
  });

  test('that an immutable tag refuses is told where another machine pushed something else', async () => {
    const room = memoryRoom(([command], room) => {
      if (command !== 'push') return 0;
      put(room, { identity: 'b' });
      return 1;
    });
    await expect(pushMember(room, request, local)).rejects.toThrow(/exists with other content/);
  });

  test.each([0, 1])('after which nothing is there (exit code %i) has failed', async (code) => {
    const room = memoryRoom(([command]) => (command === 'push' ? code : 0));
    await expect(pushMember(room, request, local)).rejects.toMatchObject({
      ...{ name: 'RemoteError', service: 'r.example', operation: 'push' },
      message: expect.stringMatching(/look at the right to push.*docker said so/s),
    });
  });
});
