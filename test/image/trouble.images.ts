import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { BuildError } from '../../src/image/build-error.ts';
import { openDocker } from '../../src/image/docker.ts';
import { joinMembers } from '../../src/image/join.ts';
import { findMember, pushMember } from '../../src/image/push.ts';
import { openImageRoom } from '../../src/image/room.ts';
import { somebody } from './registry-server.ts';
import { content, type ImageScene, openImageScene } from './scene.ts';

describe('making an image', () => {
  let scene: ImageScene;
  beforeAll(async () => {
    scene = await openImageScene();
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  const changed = { ...content, identity: 'd'.repeat(64) };

  test('shows what the builder says of a malformed Dockerfile', async () => {
    const folder = scene.folder();
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOYP a b\n');
    const building = scene.build('amd64', folder);
    await expect(building).rejects.toBeInstanceOf(BuildError);
    await expect(building).rejects.toThrow(/unknown instruction: COYP/);
  });

  test('shows what a command of the Dockerfile said before it failed', async () => {
    const folder = scene.folder();
    const fails = 'RUN ["/bin/busybox", "sh", "-c", "echo no compiler here; exit 3"]';
    writeFileSync(join(folder, 'Dockerfile'), `FROM scratch\nCOPY amd64/busybox /bin/busybox\n${fails}\n`);
    await expect(scene.build('amd64', folder)).rejects.toThrow(/no compiler here/);
  });

  test('refuses to overwrite a tag that names other content, and sends nothing', async () => {
    const request = scene.request('taken', 'amd64', 'one');
    await pushMember(scene.room, request, await scene.build('amd64', scene.folder('first')));
    const other = await scene.build('amd64', scene.folder('second'), changed);
    scene.server.forgetRequests();
    const pushing = pushMember(scene.room, { ...request, content: changed }, other);
    await expect(pushing).rejects.toThrow(/taken:one-amd64 exists with other content.*a{64}/s);
    expect(scene.server.requests().filter((line) => !/^(GET|HEAD) /.test(line))).toEqual([]);
  });

  test('moves `latest`, and no other name, to the new content', async () => {
    const repository = { registry: scene.server.host, repository: 'moves' };
    const join = async (of: typeof content, word: string, tags: readonly [string, ...string[]]) => {
      const request = scene.request('moves', 'amd64', tags[0], of);
      const member = await pushMember(
        scene.room,
        request,
        await scene.build('amd64', scene.folder(word), of),
      );
      return joinMembers(scene.room, { repository, members: [member], tags, wanted: { content: of } });
    };
    await join(content, 'first', ['one', 'v1', 'latest']);
    await expect(join(changed, 'second', ['two', 'v1', 'latest'])).rejects.toThrow(
      /moves:v1 exists with other content/,
    );
    const { registry } = scene.room;
    expect(await registry.digest({ ...repository, tag: 'two' })).toBeUndefined();
    const second = await join(changed, 'second', ['two', 'v2', 'latest']);
    expect(await registry.digest({ ...repository, tag: 'latest' })).toBe(second.digest);
    expect(await registry.digest({ ...repository, tag: 'v1' })).not.toBe(second.digest);
  });

  test('says that the registry is down', async () => {
    await using down = await openImageScene();
    const local = await down.build('amd64', down.folder());
    await down.server.stop();
    const pushing = pushMember(down.room, down.request('demo', 'amd64', 'one'), local);
    await expect(pushing).rejects.toMatchObject({
      name: 'RemoteError',
      message: expect.stringMatching(/does not answer \(ECONNREFUSED\).*start the registry/),
    });
  });
});

describe('a registry that wants a password', () => {
  let scene: ImageScene;
  beforeAll(async () => {
    scene = await openImageScene({ locked: true });
  });
  afterAll(() => scene?.[Symbol.asyncDispose]());

  test('says to log in', async () => {
    const request = scene.request('demo', 'amd64', 'one');
    await expect(findMember(scene.room, request)).rejects.toMatchObject({
      denied: true,
      message: expect.stringContaining(`docker login ${scene.server.host}`),
    });
  });

  test('refuses a wrong one, which is in no message', async () => {
    const login = scene.room.docker.login(scene.server.host, { ...somebody, password: 'wr0ng-pass' });
    await expect(login).rejects.toMatchObject({ denied: true });
    await expect(login).rejects.not.toThrow(/wr0ng-pass/);
  });

  test('takes what `docker login` has kept, to build, push, join and read', async () => {
    const kept = mkdtempSync(join(tmpdir(), 'muster-kept-'));
    symlinkSync(join(process.env.DOCKER_CONFIG ?? '', 'cli-plugins'), join(kept, 'cli-plugins'));
    const auth = Buffer.from(`${somebody.user}:${somebody.password}`).toString('base64');
    const auths = { [scene.server.host]: { auth } };
    writeFileSync(join(kept, 'config.json'), JSON.stringify({ auths }));
    vi.stubEnv('DOCKER_CONFIG', kept);
    onTestFinished(() => {
      vi.unstubAllEnvs();
      rmSync(kept, { recursive: true });
    });
    await using room = await openImageRoom();
    const request = scene.request('kept', 'amd64', 'one');
    const member = await pushMember(room, request, await scene.build('amd64', scene.folder()));
    const repository = { registry: scene.server.host, repository: 'kept' };
    const joined = await joinMembers(room, {
      repository,
      members: [member],
      tags: ['one'],
      wanted: { content },
    });
    expect(await room.registry.digest({ ...repository, tag: 'one' })).toBe(joined.digest);
  });

  test('never sees it in an argument, an output or a file that stays', async () => {
    using witness = watchedDocker();
    const said: string[] = [];
    const docker = await openDocker({ program: witness.program, say: (line) => said.push(line) });
    await docker.login(scene.server.host, somebody);
    const local = await scene.build('amd64', scene.folder());
    const target = `${scene.server.host}/secret:one`;
    await docker.run(['tag', local.id, target]);
    await docker.run(['push', target], { say: docker.say });
    const folder = witness.config();
    await docker[Symbol.asyncDispose]();
    const seen = `${witness.calls()}\n${said.join('\n')}`;
    expect(seen).toContain(`push ${target}`);
    expect(seen).not.toContain(somebody.password);
    expect(seen).not.toContain(Buffer.from(`${somebody.user}:${somebody.password}`).toString('base64'));
    expect(() => readFileSync(join(folder, 'config.json'))).toThrow(/ENOENT/);
  });
});

/** Docker itself, behind a script that writes down how each call was made. */
function watchedDocker() {
  const folder = mkdtempSync(join(tmpdir(), 'muster-witness-'));
  const program = join(folder, 'docker');
  const others = (process.env.PATH ?? '').split(delimiter).filter((one) => one !== folder);
  const lines = [
    '#!/bin/sh',
    `echo "$@" >> ${folder}/calls`,
    `tr '\\0' '\\n' < /proc/$$/environ >> ${folder}/calls`,
    `echo "$DOCKER_CONFIG" > ${folder}/config`,
    `PATH=${others.join(delimiter)} exec docker "$@"`,
  ];
  writeFileSync(program, `${lines.join('\n')}\n`);
  chmodSync(program, 0o755);
  return {
    program,
    calls: () => readFileSync(join(folder, 'calls'), 'utf8'),
    config: () => readFileSync(join(folder, 'config'), 'utf8').trim(),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
