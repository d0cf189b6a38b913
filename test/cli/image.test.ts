import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inspectText } from '../../src/cli/image-text.ts';
import { RemoteError } from '../../src/errors.ts';
import { runProgram } from '../../src/image/program.ts';
import { batchImages } from '../../src/place/batch-images.ts';
import { provenanceOf } from '../../src/place/image-place.ts';
import { whatToDo } from '../../src/place/push-from.ts';

const root = mkdtempSync(path.join(tmpdir(), 'image-cli-'));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(path.join(root, 'grids'));
mkdirSync(path.join(root, 'docker/toy'), { recursive: true });
writeFileSync(path.join(root, 'docker/toy/Dockerfile'), 'FROM debian:12\nUSER 5:5\n');

describe('what a push does', () => {
  const both = { architectures: ['arm64', 'amd64'] as const };

  test.each([
    [
      'without options: all, joined',
      undefined,
      false,
      { architectures: ['arm64', 'amd64'], join: ['arm64', 'amd64'] },
    ],
    ['one of two: not joined yet', ['arm64'], false, { architectures: ['arm64'] }],
    [
      'all by name: joined',
      ['amd64', 'arm64'],
      false,
      { architectures: ['amd64', 'arm64'], join: ['amd64', 'arm64'] },
    ],
    ['--join: nothing is built', undefined, true, { architectures: [], join: ['arm64', 'amd64'] }],
    ['--join of some: those', ['arm64'], true, { architectures: [], join: ['arm64'] }],
  ] as const)('%s', (_, given, join, expected) => {
    expect(whatToDo(both, given, join)).toEqual(expected);
  });
});

describe('where an image comes from', () => {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@y', ...args], { cwd: root });
  const from = () => provenanceOf(root, { repository: 'lab/grids' }, 'toy');

  test('outside git it has no commit', () => {
    expect(from()).toEqual({ commit: null, changed: false, source: 'https://github.com/lab/grids' });
  });

  test('a commit, its time and its tag are known; a change in the folder is told, one elsewhere is not', () => {
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'first', '--date', '2026-01-01T00:00:00Z');
    git('tag', 'v1.0');
    writeFileSync(path.join(root, 'grids/new.yaml'), '');
    expect(from()).toEqual({
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      ...{
        changed: false,
        version: 'v1.0',
        createdAt: expect.any(Number),
        source: 'https://github.com/lab/grids',
      },
    });
    writeFileSync(path.join(root, 'docker/toy/new'), '');
    expect(from().changed).toBe(true);
    rmSync(path.join(root, 'docker/toy/new'));
  });
});

describe('images of a launch', () => {
  const pin = `ghcr.io/lab/toy@sha256:${'1'.repeat(64)}`;
  const silent = () =>
    Promise.reject(new RemoteError({ service: 'r.lab', operation: 'connect' }, 'nobody listens'));
  const open = (images: Record<string, string>, digest: () => Promise<string | undefined> = silent) =>
    batchImages({
      root,
      aws: {},
      configuration: { registry: 'r.lab/muster', images, build_args: {}, queues: {} },
      registry: { digest },
    });

  test('a pin asks nobody', async () => {
    expect((await open({ toy: pin }).identify('toy')).reference).toBe(pin);
  });

  test('a registry that does not answer leaves a plan be, and stops a launch as trouble of the registry', async () => {
    const images = open({});
    const used = [await images.identify('toy')];
    expect(images.missing(used)?.message).toContain('nobody listens');
    expect(() => images.refuse(used)).toThrow(RemoteError);
  });

  test('an image that nobody pushed stops a launch with the command that pushes it', async () => {
    const images = open({}, () => Promise.resolve(undefined));
    const used = [await images.identify('toy')];
    expect(images.refuse(used)?.fix).toBe('Push it: muster image push toy');
  });

  test('what is there stops nothing', async () => {
    const images = open({ toy: pin });
    const used = [await images.identify('toy')];
    expect([images.missing(used), images.refuse(used)]).toEqual([undefined, undefined]);
  });
});

describe('the command', () => {
  const cli = path.resolve(import.meta.dirname, '../../src/cli/index.ts');
  const muster = (...args: readonly string[]) =>
    runProgram(process.execPath, [cli, '-C', root, 'image', ...args]);

  test.each([
    [['push', 'toy'], 2, 'names no registry'],
    [['push', 'nothing'], 2, 'there is no folder docker/nothing'],
    [['wrap', 'debian:12'], 2, 'no reference with a digest'],
    [['push', 'toy', '--architecture', 'riscv64'], 2, 'write arm64, amd64, or both'],
    [['inspect', 'localhost:1/nothing'], 3, 'the registry does not answer'],
    [['inspect', 'nothing'], 2, 'no folder docker/nothing, and muster.yaml pins none of that name'],
    [['inspect', 'constructor'], 2, 'muster.yaml pins none of that name'],
    [['push'], 2, 'muster image push --help'],
  ] as const)('%j ends with %d', async (args, code, words) => {
    const answer = await muster(...args);
    expect([answer.code, answer.stderr]).toEqual([code, expect.stringContaining(words)]);
  });

  test('no word after image is no success', async () => {
    expect((await muster()).code).toBe(2);
  });
});

test('an image without a worker names the command that puts it on, and root is called root', () => {
  const member = {
    architecture: 'amd64',
    digest: 'sha256:1',
    bytes: 2_000_000,
    user: '',
    workdir: '',
    entrypoint: ['/bin/sh'],
  };
  const text = inspectText({
    reference: 'r/x:1',
    where: 'r',
    digest: 'sha256:0',
    members: [member],
    faults: ['it is broken'],
  });
  expect(text).toContain('none: `muster image wrap` puts it on');
  expect(text).toMatch(/user root, in \/, starts \/bin\/sh/);
  expect(text).toContain('! it is broken');
});
