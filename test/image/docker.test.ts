import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import { type BuildRequest, buildArguments, buildImage } from '../../src/image/build.ts';
import { BuildError } from '../../src/image/build-error.ts';
import { runCheck } from '../../src/image/check.ts';
import { openDocker } from '../../src/image/docker.ts';

/** In Docker's place: a script that keeps what it was called with. The real one is in `*.images.ts`. */
const folder = mkdtempSync(join(tmpdir(), 'muster-docker-test-'));
const program = join(folder, 'docker');
afterAll(() => rmSync(folder, { recursive: true }));

function answering(cases: string): void {
  const lines = ['#!/bin/sh', `echo "$@" >> ${folder}/calls`, `case "$*" in ${cases} *) ;; esac`];
  writeFileSync(program, `${lines.join('\n')}\n`);
  chmodSync(program, 0o755);
  rmSync(join(folder, 'calls'), { force: true });
}
const calls = () => readFileSync(join(folder, 'calls'), 'utf8');
const open = (say?: (line: string) => void) => openDocker({ program, ...(say === undefined ? {} : { say }) });

beforeEach(() => answering(''));

describe('Docker', () => {
  test('that is not installed is told with where to get it', async () => {
    const opening = openDocker({ program: join(folder, 'none') });
    await expect(opening).rejects.toBeInstanceOf(ConfigurationError);
    await expect(opening).rejects.toThrow(/ENOENT.*apt-get install docker.io/s);
  });

  test('that does not answer is told with what it said', async () => {
    answering('version*) echo no daemon >&2; exit 1;;');
    await expect(open()).rejects.toThrow(/does not answer here: no daemon/);
  });

  test('without buildx is told with how to install it', async () => {
    answering('"buildx version") exit 1;;');
    await expect(open()).rejects.toThrow(/buildx is not installed.*apt-get install docker-buildx/s);
  });

  test('is not asked to use a builder of the user', async () => {
    vi.stubEnv('BUILDX_BUILDER', 'mine');
    answering(`probe*) echo "builder <$BUILDX_BUILDER>";;`);
    await using docker = await open();
    expect(await docker.run(['probe'])).toBe('builder <>');
    vi.unstubAllEnvs();
  });

  test('logs in without the password in an argument', async () => {
    answering(`login*) cat > ${folder}/input;;`);
    await using docker = await open();
    await docker.login('r.example', { user: 'AWS', password: 's3cret' });
    expect(readFileSync(join(folder, 'input'), 'utf8')).toBe('s3cret');
    expect(calls()).toContain('login --username AWS --password-stdin r.example');
    expect(calls()).not.toContain('s3cret');
  });

  test('keeps the login to itself, whatever keychain the user has', async () => {
    const theirs = mkdtempSync(join(folder, 'theirs-'));
    writeFileSync(join(theirs, 'config.json'), '{"credsStore": "desktop"}');
    vi.stubEnv('DOCKER_CONFIG', theirs);
    onTestFinished(() => void vi.unstubAllEnvs());
    answering(`login*) cp "$DOCKER_CONFIG/config.json" ${folder}/used;;`);
    await using docker = await open();
    await docker.login('r.example', { user: 'AWS', password: 's3cret' });
    const used = JSON.parse(readFileSync(join(folder, 'used'), 'utf8'));
    expect(used).toEqual({ credsStore: 'desktop', credHelpers: { 'r.example': '' } });
  });

  test('that repeats the password in its refusal is not quoted', async () => {
    answering('login*) echo "bad password: $(cat)" >&2; exit 1;;');
    await using docker = await open();
    const login = docker.login('r.example', { user: 'AWS', password: 's3cret' });
    await expect(login).rejects.toThrow('docker could not log in: bad password: …');
    await expect(login).rejects.toMatchObject({ service: 'r.example', denied: true });
  });

  test('tells each line as it comes, and keeps the last ones for the error', async () => {
    answering('slow*) echo one; echo two >&2; exit 3;;');
    const said: string[] = [];
    await using docker = await open();
    const running = docker.run(['slow'], { say: (line) => said.push(line) });
    await expect(running).rejects.toMatchObject({
      name: 'RemoteError',
      service: 'docker',
      operation: 'slow',
    });
    await expect(running).rejects.toThrow('exit code 3:\ntwo');
    expect(said.sort()).toEqual(['one', 'two']);
  });

  test('that hangs is given up', async () => {
    answering('hang*) exec sleep 100;;');
    await using docker = await open();
    await expect(docker.run(['hang'], { timeoutSeconds: 0.3 })).rejects.toThrow(/did not end within 0.3 s/);
  });
});

describe('a build', () => {
  const request: BuildRequest = {
    ...{ folder, tag: 'muster-local/x:1-arm64', labels: { a: 'b c' } },
    ...{ architecture: 'arm64', arguments: { NODE_IMAGE: 'mine' } },
  };
  const login = async () => undefined;
  const inspected = (architecture: string) =>
    `"image inspect"*) echo '{"Id": "sha256:1", "Architecture": "${architecture}", "Config": {"Labels": {"a": "b"}}}';;`;

  test('is for one platform, without attestations, into this machine', () => {
    const args = buildArguments({ ...request, folder: '/context' }).join(' ');
    expect(args).toContain('--platform linux/arm64 --provenance false --sbom false --load');
    expect(args).toContain('--label a=b c --build-arg NODE_IMAGE=mine');
    expect(args).toMatch(/--file \/context\/Dockerfile .* \/context$/);
  });

  test('that went well is what Docker then has', async () => {
    answering(inspected('arm64'));
    await using docker = await open();
    expect(await buildImage({ docker, login }, request)).toMatchObject({
      ...{ id: 'sha256:1', reference: request.tag, architecture: 'arm64', labels: { a: 'b' } },
    });
  });

  test('is logged in where its bases come from', async () => {
    answering(inspected('arm64'));
    const base = mkdtempSync(join(folder, 'based-'));
    const [one, two] = ['us-west-2', 'eu-west-1'].map((at) => `123456789012.dkr.ecr.${at}.amazonaws.com`);
    const lines = ['ARG BASE', 'FROM $BASE AS a', 'FROM debian:12', `COPY --from=${two}/x:1 /x /x`];
    writeFileSync(join(base, 'Dockerfile'), lines.join('\n'));
    const seen: string[] = [];
    const noted = async (registry: string) => void seen.push(registry);
    await using docker = await open();
    const values = { BASE: `${one}/mirror/debian:12` };
    await buildImage({ docker, login: noted }, { ...request, folder: base, arguments: values });
    expect(seen).toEqual([one, two]);
  });

  test('tells the builder the time of the commit', async () => {
    answering(`"buildx build"*) echo "epoch $SOURCE_DATE_EPOCH";; ${inspected('arm64')}`);
    const said: string[] = [];
    await using docker = await open((line) => said.push(line));
    await buildImage({ docker, login }, { ...request, createdAt: 42 });
    expect(said).toContain('epoch 42');
  });

  test('that gives another architecture is refused', async () => {
    answering(inspected('amd64'));
    await using docker = await open();
    const building = buildImage({ docker, login }, request);
    await expect(building).rejects.toBeInstanceOf(BuildError);
    await expect(building).rejects.toThrow(/asked for arm64, the builder made an image of amd64/);
  });

  test('that leaves nothing behind is refused', async () => {
    answering('"image inspect"*) exit 1;;');
    await using docker = await open();
    await expect(buildImage({ docker, login }, request)).rejects.toThrow(/has no image muster-local/);
  });

  test('that the builder refuses says so, and that the machine is of another architecture', async () => {
    answering('"buildx build"*) echo no such instruction >&2; exit 1;; version*) echo amd64;;');
    await using docker = await open();
    const building = buildImage({ docker, login }, request);
    await expect(building).rejects.toBeInstanceOf(BuildError);
    await expect(building).rejects.toThrow(/The builder says:\nno such instruction\nThis machine is amd64/);
  });

  test('during which Docker went away is no fault of the folder', async () => {
    answering(`"buildx build"*) touch ${folder}/gone; exit 1;; version*) test ! -e ${folder}/gone;;`);
    await using docker = await open();
    await expect(buildImage({ docker, login }, request)).rejects.toMatchObject({
      name: 'RemoteError',
      service: 'docker',
    });
  });
});

describe('the check of an entry point', () => {
  test('runs it without a network and without rights', async () => {
    answering('run*) echo well;;');
    await using docker = await open();
    expect(await runCheck(docker, 'x', 'arm64')).toEqual({ architecture: 'arm64', ok: true, said: 'well' });
    expect(calls()).toContain(
      'run --rm --platform linux/arm64 --network none --cap-drop ALL --security-opt no-new-privileges x --check',
    );
  });

  test('says what it said where it fails, and that it was emulated', async () => {
    answering('run*) echo broken; exit 9;; version*) echo amd64;;');
    await using docker = await open();
    const { ok, said } = await runCheck(docker, 'x', 'arm64');
    expect(ok).toBe(false);
    expect(said).toMatch(/ended with 9 for --check:\nbroken\nThis machine is amd64/);
  });

  test('says nothing of emulation on a machine of that architecture', async () => {
    answering('run*) exit 9;; version*) echo arm64;;');
    await using docker = await open();
    expect((await runCheck(docker, 'x', 'arm64')).said).not.toMatch(/emulation/);
  });
});
