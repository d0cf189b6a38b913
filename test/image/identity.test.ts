import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { identifyImage } from '../../src/image/identity.ts';

describe('the identity of an image folder', () => {
  let root: string;
  const place = (name: string) => join(root, 'docker/demo', name);
  const identity = () => identifyImage(root, 'demo').identity;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'muster-image-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    mkdirSync(place('bin'), { recursive: true });
    writeFileSync(place('Dockerfile'), 'FROM debian');
    writeFileSync(place('bin/run'), 'echo', { mode: 0o644 });
  });

  const rewrites: readonly [string, () => void][] = [
    ['a file', () => writeFileSync(place('bin/run'), 'echo 2')],
    ['an executable bit', () => chmodSync(place('bin/run'), 0o755)],
    ['a name', () => writeFileSync(place('empty'), '')],
    ['a link', () => symlinkSync('bin/run', place('run'))],
  ];
  it.each(rewrites)('changes with %s', (_, rewrite) => {
    const before = identity();
    rewrite();
    expect(identity()).not.toBe(before);
  });

  it('changes with what a link names', () => {
    symlinkSync('bin/run', place('run'));
    const before = identity();
    rmSync(place('run'));
    symlinkSync('Dockerfile', place('run'));
    expect(identity()).not.toBe(before);
  });

  it('stays when Python compiles a module of it', () => {
    const before = identity();
    mkdirSync(place('bin/__pycache__'));
    writeFileSync(place('bin/__pycache__/model.cpython-312.pyc'), 'compiled');
    expect(identity()).toBe(before);
  });

  it('is the same for a copy elsewhere', () => {
    const before = identity();
    mkdirSync(join(root, 'other/docker/demo/bin'), { recursive: true });
    writeFileSync(join(root, 'other/docker/demo/bin/run'), 'echo', { mode: 0o644 });
    writeFileSync(join(root, 'other/docker/demo/Dockerfile'), 'FROM debian');
    expect(identifyImage(join(root, 'other'), 'demo').identity).toBe(before);
  });
});

describe('an image that is no folder', () => {
  it('with a digest is identified by it', () => {
    const sha256 = 'a'.repeat(64);
    expect(identifyImage('/nowhere', `ghcr.io/lab/model@sha256:${sha256}`)).toMatchObject({
      kind: 'digest',
      identity: sha256,
    });
  });

  it('has only its name, also where a file of docker/ is called so', () => {
    const root = mkdtempSync(join(tmpdir(), 'muster-image-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    mkdirSync(join(root, 'docker'));
    writeFileSync(join(root, 'docker/notes'), '');
    expect(identifyImage(root, 'notes').kind).toBe('unknown');
  });
});
