import { describe, expect, test } from 'vitest';
import { type JoinRequest, joinMembers } from '../../src/image/join.ts';
import { imagetools, indexOver, type MemoryRoom, memoryRoom } from './memory-room.ts';

const content = { identity: 'a', worker: 'w' };
const repository = { registry: 'r.example', repository: 'demo' };
const works = (args: readonly string[], room: MemoryRoom) => {
  imagetools(args, room);
  return 0;
};

function scene(act: (args: readonly string[], room: MemoryRoom) => number = works) {
  const room = memoryRoom(act);
  const members = (['arm64', 'amd64'] as const).map((architecture) => ({
    architecture,
    digest: room.putImage('demo', `one-${architecture}`, architecture, content),
  }));
  const request: JoinRequest = {
    repository,
    members,
    tags: ['one', 'c0ffee', 'latest'],
    wanted: { content },
  };
  const digests = members.map(({ digest }) => digest);
  return { room, request, digests };
}

describe('joining images', () => {
  test('makes one index by digests, in one order on every machine, and names it by every tag', async () => {
    const { room, request, digests } = scene();
    const [arm64, amd64] = digests;
    const joined = await joinMembers(room, request);
    expect(room.calls).toEqual([
      `buildx imagetools create --progress plain --tag r.example/demo:one r.example/demo@${amd64} r.example/demo@${arm64}`,
      `buildx imagetools create --progress plain --tag r.example/demo:c0ffee --tag r.example/demo:latest r.example/demo@${joined.digest}`,
    ]);
    expect(joined).toMatchObject({
      ...{ reference: `r.example/demo@${joined.digest}`, tagged: ['one', 'c0ffee', 'latest'] },
    });
  });

  test('sends nothing the second time', async () => {
    const { room, request } = scene();
    const first = await joinMembers(room, request);
    const before = room.calls.length;
    expect(await joinMembers(room, request)).toEqual({ ...first, tagged: [] });
    expect(room.calls).toHaveLength(before);
  });

  test('adds the name of a new commit to what is there', async () => {
    const { room, request } = scene();
    const first = await joinMembers(room, request);
    const again = await joinMembers(room, { ...request, tags: ['one', 'facade', 'latest'] });
    expect(again).toEqual({ ...first, tagged: ['facade'] });
  });

  test('takes an index with the same members in another order for the same', async () => {
    const { room, request, digests } = scene();
    const digest = room.put('demo', 'one', indexOver(digests, room));
    expect((await joinMembers(room, request)).digest).toBe(digest);
  });

  test.each([
    ['fewer members', (digests: readonly string[]) => digests.slice(1)],
    [
      'other members',
      (_: readonly string[], room: MemoryRoom) => [
        room.putImage('demo', 'x', 'arm64', {}),
        room.putImage('demo', 'y', 'amd64', {}),
      ],
    ],
    ['a member twice', ([first = '']: readonly string[]) => [first, first]],
    ['all members and one again', (digests: readonly string[]) => [...digests, ...digests.slice(1)]],
  ])('does not overwrite an index with %s', async (_what, choose) => {
    const { room, request, digests } = scene();
    room.put('demo', 'one', indexOver(choose(digests, room), room));
    await expect(joinMembers(room, request)).rejects.toThrow(/demo:one exists with other content/);
    expect(room.calls).toEqual([]);
  });

  test('does not overwrite an index that lists its members for other architectures', async () => {
    const { room, request, digests } = scene();
    const listed = JSON.parse(indexOver(digests, room));
    const [one, two] = listed.manifests;
    room.put(
      'demo',
      'one',
      JSON.stringify({
        manifests: [
          { ...one, platform: two.platform },
          { ...two, platform: one.platform },
        ],
      }),
    );
    await expect(joinMembers(room, request)).rejects.toThrow(/demo:one exists with other content/);
  });

  test('takes an index that joins more than it needs', async () => {
    const { room, request, digests } = scene();
    const digest = room.put('demo', 'one', indexOver(digests, room));
    expect((await joinMembers(room, { ...request, members: request.members.slice(1) })).digest).toBe(digest);
  });

  test('sends nothing where one of its names is taken', async () => {
    const { room, request } = scene();
    room.put('demo', 'c0ffee', 'something else');
    await expect(joinMembers(room, request)).rejects.toThrow(/demo:c0ffee exists with other content/);
    expect(room.calls).toEqual([]);
  });

  test('moves `latest` from whatever it named', async () => {
    const { room, request } = scene();
    room.put('demo', 'latest', 'something else');
    const { digest } = await joinMembers(room, request);
    expect(await room.registry.digest({ ...repository, tag: 'latest' })).toBe(digest);
  });

  test('is well where an immutable tag refuses what another machine made meanwhile', async () => {
    const { room, request } = scene((args, room) => {
      imagetools(args, room);
      return 1;
    });
    await expect(joinMembers(room, request)).resolves.toBeDefined();
  });

  test.each([
    ['that stays with what it names', (room: MemoryRoom) => room.put('demo', 'latest', 'something else')],
    ['that is not there', () => undefined],
  ])('does not say of a name %s that it was set', async (_what, before) => {
    const { room, request } = scene((args, room) => {
      if (args.some((arg) => arg.endsWith(':latest'))) return 1;
      return works(args, room);
    });
    before(room);
    await expect(joinMembers(room, { ...request, tags: ['one', 'latest'] })).rejects.toMatchObject({
      operation: 'join',
    });
  });

  test('that fails says what Docker said', async () => {
    const { room, request } = scene(() => 1);
    await expect(joinMembers(room, request)).rejects.toMatchObject({
      ...{ name: 'RemoteError', service: 'r.example', operation: 'join' },
      message: expect.stringContaining('docker said so'),
    });
  });

  test('is judged by what is read back', async () => {
    const { room, request } = scene();
    const wanted = { content: { ...content, identity: 'b' }, entrypoint: ['/muster/node'] };
    const joining = joinMembers(room, { ...request, wanted });
    await expect(joining).rejects.toMatchObject({ operation: 'verify' });
    await expect(joining).rejects.toThrow(/- .*arm64.*another folder.*\n- .*arm64.*worker is started/);
  });

  test('of one architecture is an index, too, so that another may come', async () => {
    const plain = (room: MemoryRoom) => {
      room.put('demo', 'one', room.store.get('demo:one-arm64') ?? '');
      return 0;
    };
    const { room, request } = scene((_, room) => plain(room));
    const joining = joinMembers(room, { ...request, members: request.members.slice(0, 1) });
    await expect(joining).rejects.toThrow(/single image for arm64, and an index/);
  });

  test('does not name by further tags what is not as it was meant', async () => {
    const { room, request } = scene();
    await joinMembers(room, { ...request, wanted: { entrypoint: ['/other'] } }).catch(() => undefined);
    expect(await room.registry.digest({ ...repository, tag: 'latest' })).toBeUndefined();
  });
});
