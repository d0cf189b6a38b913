import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Dockerfile, readDockerfile, unpinnedBases } from '../../src/image/dockerfile.ts';
import { folderEntries } from '../../src/image/folder.ts';

const root = path.resolve(import.meta.dirname, '../..');
const names = readdirSync(path.join(root, 'docker'));
/** The layer is put on images whose user stays; it is never run by itself. */
const programs = names.filter((name) => name !== 'worker');

const textOf = (name: string) => readFileSync(path.join(root, 'docker', name, 'Dockerfile'), 'utf8');
const all = ({ stages }: Dockerfile) => stages.flatMap(({ instructions }) => instructions);
const runs = (name: string) =>
  all(readDockerfile(textOf(name)))
    .filter(({ word }) => word === 'RUN')
    .map(({ rest }) => rest);

describe.each(names)('docker/%s', (name) => {
  const read = readDockerfile(textOf(name));

  test('has bases of a version or digest', () => {
    expect(unpinnedBases(read).filter((words) => !words.includes('pinned by its tag alone'))).toEqual([]);
  });

  test('lets every base be replaced, for machines without Docker Hub', () => {
    const bases = [...textOf(name).matchAll(/^FROM\s+(\S+)/gm)].map(([, base = '']) => base);
    expect(bases.filter((base) => !/^(\$\{\w+_IMAGE\}|scratch)$/.test(base))).toEqual([]);
  });

  test('fetches nothing that nobody checks', () => {
    expect(all(read).filter(({ word }) => word === 'ADD')).toEqual([]);
    expect(runs(name).filter((rest) => /\b(curl|wget)\b|\|\s*(ba)?sh\b/.test(rest))).toEqual([]);
  });

  test('holds no secret', () => {
    const named = all(read).filter(
      ({ word, rest }) => /^(ENV|ARG)$/.test(word) && /SECRET|TOKEN|PASSW|_KEY\b/i.test(rest),
    );
    expect([named, /AKIA[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY/.test(textOf(name))]).toEqual([[], false]);
  });

  test('leaves no lists of apt behind, and installs no AWS CLI', () => {
    const installs = runs(name).filter((rest) => rest.includes('apt-get install'));
    expect(installs.filter((rest) => !rest.endsWith('rm -rf /var/lib/apt/lists/*'))).toEqual([]);
    expect(runs(name).filter((rest) => /aws-?cli/.test(rest))).toEqual([]);
  });

  test('keeps its README out of its identity', () => {
    const paths = folderEntries(path.join(root, 'docker', name)).map((entry) => entry.path);
    expect(paths.filter((file) => /^(README.md|.dockerignore)$/.test(file))).toEqual([]);
    expect(paths).toContain('Dockerfile');
  });

  test('says in its README what it is and how to check it', () => {
    expect(readFileSync(path.join(root, 'docker', name, 'README.md'), 'utf8')).toMatch(
      /muster image (build|inspect)/,
    );
  });
});

test.each(programs)(
  'docker/%s runs as a user by number who is not root, and leaves the entry point to the worker',
  (name) => {
    const last = readDockerfile(textOf(name)).stages.at(-1)?.instructions ?? [];
    expect(last.filter(({ word }) => word === 'USER').at(-1)?.rest).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(last.filter(({ word }) => /^(ENTRYPOINT|CMD)$/.test(word))).toEqual([]);
  },
);

test('every image of a shipped grid is a folder here', () => {
  const grids = readdirSync(path.join(root, 'grids')).filter((file) => file.endsWith('.yaml'));
  const images = grids.map(
    (file) => parse(readFileSync(path.join(root, 'grids', file), 'utf8')).program.image as string,
  ); // grids are checked elsewhere
  expect(images.filter((image) => !existsSync(path.join(root, 'docker', image, 'Dockerfile')))).toEqual([]);
});

test('commits are named by all their digits, but that of c4, which has not been seen whole', () => {
  const short = programs.filter((name) =>
    [...textOf(name).matchAll(/^ARG \w+_COMMIT=(\S+)/gm)].some(
      ([, commit = '']) => !/^[0-9a-f]{40}$/.test(commit),
    ),
  );
  expect(short).toEqual(['c4']);
});

test('what pip installs has one exact version', () => {
  for (const name of ['cosmic', 'pulse']) {
    const lines = readFileSync(path.join(root, 'docker', name, 'requirements.txt'), 'utf8').split('\n');
    const loose = lines.filter(
      (line) => line !== '' && !line.startsWith('#') && !/^[a-z0-9-]+==\d\S*$/.test(line),
    );
    expect(loose).toEqual([]);
  }
});
