import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { architectures } from '../../src/image/architecture.ts';
import { credentialSource } from '../../src/image/credentials.ts';
import { openDocker } from '../../src/image/docker.ts';
import { identifyBuilt } from '../../src/image/pins.ts';
import { runProgram } from '../../src/image/program.ts';
import { parseReference, type Reference } from '../../src/image/reference.ts';
import { openRegistry } from '../../src/image/registry.ts';
import { resolveImage } from '../../src/image/resolve.ts';
import { workerLayer } from '../../src/image/worker-layer.ts';
import { type RegistryServer, startRegistry } from './registry-server.ts';

const parts = process.env.MUSTER_TEST_IMAGES ?? '';
const sources = path.resolve(import.meta.dirname, '../..');
/** What is pushed is what people install: from one state of the sources, whatever is edited meanwhile. */
const dist = inject('dist') ?? path.join(sources, 'dist');
const worker = path.join(dist, 'worker.mjs');

/** `muster image` as people call it, with the images of this repository, into a real registry. */
describe('muster image', () => {
  let server: RegistryServer;
  let root: string;
  let base: string;
  /** Of this suite alone: what it builds is removed from Docker again. */
  let demo: string;
  let upstream: string;

  /** What the registry holds under a name is asked of no cache. */
  const registry = openRegistry(credentialSource({}));

  async function muster(...args: readonly string[]) {
    const command = [path.join(dist, 'cli.mjs'), '-C', root, 'image', ...args];
    return runProgram(process.execPath, command, { timeoutSeconds: 500 });
  }

  function writeYaml(more = '') {
    const queues = ['arm64', 'amd64'].map(
      (one) =>
        `  ${one}: { arn: "arn:aws:batch:us-east-1:123456789012:job-queue/${one}", architecture: ${one}, capacity: spot }\n`,
    );
    writeFileSync(
      path.join(root, 'muster.yaml'),
      `registry: ${server.host}/lab\nbuild_args: { NODE_IMAGE: ${base} }\nqueues:\n${queues.join('')}${more}`,
    );
  }

  /** Pushed as an index, as Docker Hub has it: a machine without Docker Hub brings its own. */
  async function pushBase(): Promise<string> {
    await using docker = await openDocker();
    const members: string[] = [];
    for (const architecture of ['amd64', 'arm64']) {
      const folder = path.join(root, `base-${architecture}`);
      cpSync(path.join(parts, 'bases', architecture), folder, { recursive: true, verbatimSymlinks: true });
      for (const link of ['bin/sh', 'usr/bin/env']) {
        mkdirSync(path.dirname(path.join(folder, link)), { recursive: true });
        symlinkSync('/bin/busybox', path.join(folder, link));
      }
      writeFileSync(
        path.join(folder, 'Dockerfile'),
        'FROM scratch\nCOPY . /\nENV PATH=/usr/local/bin:/usr/bin:/bin\nWORKDIR /srv\nUSER 7:7\n',
      );
      const name = `${server.host}/mirror/${upstream}:24-${architecture}`;
      await docker.run(
        [
          'buildx',
          'build',
          '--platform',
          `linux/${architecture}`,
          '--provenance',
          'false',
          '--load',
          '--tag',
          name,
          folder,
        ],
        { timeoutSeconds: 300 },
      );
      await docker.run(['push', '--quiet', name], { timeoutSeconds: 300 });
      members.push(name);
    }
    const name = `${server.host}/mirror/${upstream}:24`;
    await docker.run(['buildx', 'imagetools', 'create', '--tag', name, ...members], { timeoutSeconds: 60 });
    return name;
  }

  beforeAll(async () => {
    server = await startRegistry();
    const [, port] = server.host.split(':');
    demo = `demo${port}`;
    upstream = `node${port}`;
    root = mkdtempSync(path.join(tmpdir(), 'image-command-'));
    mkdirSync(path.join(root, 'grids'));
    mkdirSync(path.join(root, 'docker'));
    cpSync(path.join(sources, 'docker/demo'), path.join(root, 'docker', demo), { recursive: true });
    base = await pushBase();
    writeYaml();
  });
  afterAll(async () => {
    await using docker = await openDocker();
    const listed = await docker.run(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']);
    const ours = listed
      .split('\n')
      .filter(
        (name) =>
          name.startsWith(`${server.host}/`) ||
          new RegExp(`^muster-local/(${demo}|wrapped-${upstream}):`).test(name),
      );
    await docker.ask(['image', 'rm', '--force', ...ours]);
    await server[Symbol.asyncDispose]();
    rmSync(root, { recursive: true });
  });

  /** As a launch with this worker finds it. */
  async function resolve(name: string) {
    const place = {
      registry: `${server.host}/lab`,
      architectures,
      worker: () => workerLayer({ NODE_IMAGE: base }, worker).identity,
    };
    return (await resolveImage(identifyBuilt(root, name, { NODE_IMAGE: base }), place, registry)).image;
  }

  test('pushes demo for both architectures, and says what jobs run', async () => {
    const { code, stdout, stderr } = await muster('push', demo);
    expect([code, stdout], stderr).toEqual([
      0,
      expect.stringMatching(/^127\.0\.0\.1:\d+\/lab\/demo\d+@sha256:[0-9a-f]{64}$/),
    ]);
    expect((await resolve(demo)).reference).toBe(stdout);
  });

  test('starts the worker on each of them', async () => {
    const { code, stdout, stderr } = await muster('inspect', demo, '--run', '--json');
    const { members, faults } = JSON.parse(stdout);
    expect([code, faults], stderr).toEqual([0, []]);
    const said = members.map(({ user, run }: { user: string; run: { said: string } }) => [
      user,
      JSON.parse(run.said),
    ]);
    expect(said).toEqual(
      ['amd64', 'arm64'].map((architecture) => [
        '10001:10001',
        expect.objectContaining({ architecture, stores: ['s3', 'file'] }),
      ]),
    );
  });

  test('sends nothing the second time', async () => {
    server.forgetRequests();
    const { code, stderr } = await muster('push', demo);
    expect([code, server.requests().filter((line) => !/^(GET|HEAD) /.test(line))], stderr).toEqual([0, []]);
    expect(stderr).toContain('amd64: there already');
  });

  test('a program that changed is found again only once it is pushed', async () => {
    writeFileSync(path.join(root, 'docker', demo, 'more'), 'x');
    expect((await resolve(demo)).reference).toBeUndefined();
    rmSync(path.join(root, 'docker', demo, 'more'));
    expect((await resolve(demo)).reference).toBeDefined();
  });

  test('machines of one architecture each push their own, and one joins them', async () => {
    writeFileSync(path.join(root, 'docker', demo, 'more'), 'y');
    const alone = await muster('push', demo, '--join');
    expect([alone.code, alone.stderr]).toEqual([
      2,
      expect.stringContaining('muster image push <name> --architecture arm64'),
    ]);
    for (const architecture of ['arm64', 'amd64']) {
      const { code, stderr } = await muster('push', demo, '--architecture', architecture);
      expect([code, stderr]).toEqual([0, expect.stringContaining('Not joined yet')]);
    }
    const joined = await muster('push', demo, '--join');
    expect([joined.code, joined.stdout], joined.stderr).toEqual([0, (await resolve(demo)).reference]);
  });

  test('an image of one architecture serves until there is one of both', async () => {
    writeFileSync(path.join(root, 'docker', demo, 'more'), 'z');
    await muster('push', demo, '--architecture', 'amd64');
    const one = await muster('push', demo, '--join', '--architecture', 'amd64');
    expect([one.code, one.stdout], one.stderr).toEqual([0, (await resolve(demo)).reference]);
    const seen = await muster('inspect', demo, '--json');
    expect([seen.code, JSON.parse(seen.stdout).members.length]).toEqual([0, 1]);
    const both = await muster('push', demo);
    expect([both.code, both.stdout], both.stderr).toEqual([0, (await resolve(demo)).reference]);
    expect(both.stdout).not.toBe(one.stdout);
  });

  test('wraps an image that exists, and keeps its user and its work directory', async () => {
    const digest = await registry.digest(parseReference(base) as Reference); // written above
    const reference = `${server.host}/mirror/${upstream}@${digest}`;
    const { code, stdout, stderr } = await muster('wrap', reference);
    expect([code, stdout], stderr).toEqual([0, expect.stringContaining(`/lab/wrapped-${upstream}@sha256:`)]);
    const resolved = await resolve(reference);
    expect([resolved.identity, resolved.reference]).toEqual([digest?.slice(7), stdout]);
    const seen = await muster('inspect', stdout, '--run');
    expect([seen.code, seen.stdout], seen.stderr).toEqual([
      0,
      expect.stringContaining('user 7:7, in /srv, starts /muster/node /muster/worker.mjs'),
    ]);
  });

  test('a malformed Dockerfile ends with 1 and what the builder says', async () => {
    mkdirSync(path.join(root, 'docker/broken'));
    writeFileSync(path.join(root, 'docker/broken/Dockerfile'), 'FROM scratch\nCOPPY a b\n');
    const { code, stderr } = await muster('build', 'broken');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/unknown instruction: COPPY/i)]);
  });

  test('a program whose base cannot carry the worker is not pushed', async () => {
    mkdirSync(path.join(root, 'docker/bare'));
    writeFileSync(path.join(root, 'docker/bare/Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\nUSER 5:5\n');
    const { code, stderr } = await muster('push', 'bare', '--architecture', 'amd64');
    expect([code, stderr]).toEqual([1, expect.stringContaining('/muster/node')]);
    expect((await resolve('bare')).reference).toBeUndefined();
  });
});
