import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { largestFolder } from '../../src/image/folder.ts';
import { identifyImage, imageTrouble } from '../../src/image/identity.ts';

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

  describe('with a .dockerignore', () => {
    const staysWith = (path: string, text = 'x') => {
      const before = identity();
      writeFileSync(place(path), text);
      return identity() === before;
    };
    beforeEach(() => writeFileSync(place('.dockerignore'), 'README.md\n.dockerignore\nbin\n!bin/run\n'));

    it.each(['README.md', 'bin/notes'])('stays with %s, which never enters an image', (path) => {
      expect(staysWith(path)).toBe(true);
    });
    it.each(['bin/run', 'readme.md', 'other/README.md'])(
      'changes with %s, which it does not name',
      (path) => {
        mkdirSync(place('other'));
        expect(staysWith(path)).toBe(false);
      },
    );
    it('stays with the list itself where that is on it', () => {
      expect(staysWith('.dockerignore', 'README.md\n.dockerignore\nbin\n!bin/run\nmore\n')).toBe(true);
    });
    it('changes with the Dockerfile, also where the list names it', () => {
      writeFileSync(place('.dockerignore'), 'Dockerfile\n');
      expect(staysWith('Dockerfile', 'FROM scratch')).toBe(false);
    });
    it('heeds the list of the Dockerfile alone where there is one, as the builder does', () => {
      writeFileSync(place('Dockerfile.dockerignore'), 'notes\n');
      expect([staysWith('notes'), staysWith('README.md')]).toEqual([true, false]);
    });
    it('is refused where the list cannot be read', () => {
      writeFileSync(place('.dockerignore'), 'a[\n');
      expect(identity).toThrow(/docker\/demo\/\.dockerignore: one of its patterns/);
    });
  });

  it.each(['Dockerfile', '.dockerignore', 'Dockerfile.dockerignore'])(
    'is refused where %s is a link',
    (name) => {
      rmSync(place(name), { force: true });
      symlinkSync('bin/run', place(name));
      expect(identity).toThrow(`docker/demo/${name}: it is a link`);
    },
  );

  it('is refused where the folder is reached by a link', () => {
    renameSync(join(root, 'docker/demo'), join(root, 'away'));
    symlinkSync('../away', join(root, 'docker/demo'));
    expect(identity).toThrow(/docker\/demo: it is reached by a link/);
  });

  it('is refused where the folder of all images is a link', () => {
    renameSync(join(root, 'docker'), join(root, 'away'));
    symlinkSync('away', join(root, 'docker'));
    expect(identity).toThrow(/docker\/demo: it is reached by a link/);
  });

  it('is refused above a size, before anything is read, unless the list leaves it out', () => {
    writeFileSync(place('data'), '');
    truncateSync(place('data'), largestFolder.bytes + 1);
    expect(identity).toThrow(/docker\/demo: with data it holds more than 1 GiB/);
    expect(imageTrouble(root, { name: 'demo', identity: 'a' })).toContain('more than 1 GiB');
    writeFileSync(place('.dockerignore'), 'data\n');
    expect(identity).not.toThrow();
  });

  it('is refused above a number of files', () => {
    mkdirSync(place('many'));
    for (let index = 0; index < largestFolder.files; index++) symlinkSync('x', place(`many/${index}`));
    expect(identity).toThrow(/or 10,000 files/);
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
