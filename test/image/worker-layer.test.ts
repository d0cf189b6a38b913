import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { layerFolder, layerInstructions } from '../../src/image/worker-layer.ts';
import { wrapFolder, wrapReference } from '../../src/image/wrapped-context.ts';

const base = mkdtempSync(path.join(tmpdir(), 'layer-'));
afterAll(() => rmSync(base, { recursive: true }));

const shipped = readFileSync(path.join(layerFolder(), 'Dockerfile'), 'utf8');
const bundle = path.join(base, 'worker.mjs');
writeFileSync(bundle, 'the worker');
const layer = {
  instructions: 'COPY .muster/worker.mjs /muster/worker.mjs',
  bundle,
  identity: 'f'.repeat(64),
};

function folder(files: Record<string, string>): string {
  const made = mkdtempSync(path.join(base, 'docker-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(made, name)), { recursive: true });
    writeFileSync(path.join(made, name), text);
  }
  return made;
}

test('the layer is the last stage of docker/worker, with the image that Node comes from', () => {
  expect(layerInstructions(shipped, { NODE_IMAGE: 'mirror/node:24' })).toBe(
    [
      'COPY --from=mirror/node:24 /usr/local/bin/node /muster/node',
      'COPY .muster/worker.mjs /muster/worker.mjs',
      'ENTRYPOINT ["/muster/node", "/muster/worker.mjs"]',
      'CMD []',
      'RUN ["/muster/node","/muster/worker.mjs","--check"]',
    ].join('\n'),
  );
});

test('it takes Node by its digest where nothing else is said', () => {
  expect(layerInstructions(shipped, {})).toMatch(/--from=node:24\.\S+@sha256:[0-9a-f]{64} /);
});

test('it sets neither user nor work directory: those of the program stay', () => {
  expect(layerInstructions(shipped, {})).not.toMatch(/^(USER|WORKDIR|ENV|SHELL)/m);
});

test('the Dockerfile of a folder keeps its lines, and the layer comes after them', () => {
  using context = wrapFolder(folder({ Dockerfile: 'FROM debian:12\nUSER 5' }), layer);
  expect(readFileSync(path.join(context.folder, 'Dockerfile'), 'utf8')).toBe(
    `FROM debian:12\nUSER 5\n\n${layer.instructions}\n`,
  );
});

test('the worker is in the folder that is built, and not in that of the repository', () => {
  const own = folder({ Dockerfile: 'FROM debian:12' });
  using context = wrapFolder(own, layer);
  expect(readFileSync(path.join(context.folder, '.muster/worker.mjs'), 'utf8')).toBe('the worker');
  expect(readFileSync(path.join(own, 'Dockerfile'), 'utf8')).toBe('FROM debian:12');
});

test.each(['.dockerignore', 'Dockerfile.dockerignore'])(
  'a %s that leaves everything out lets the worker in',
  (name) => {
    using context = wrapFolder(folder({ Dockerfile: 'FROM debian:12', [name]: '**\n!bin\n!*ignore' }), layer);
    expect(readFileSync(path.join(context.folder, name), 'utf8').split('\n')).toEqual([
      ...['**', '!bin', '!*ignore', '!.muster', '!.muster/worker.mjs', ''],
    ]);
  },
);

test('what a .dockerignore leaves out is not copied, and the Dockerfile always is', () => {
  using context = wrapFolder(
    folder({ Dockerfile: 'FROM debian:12', '.dockerignore': '**', notes: 'x' }),
    layer,
  );
  expect(readdirSync(context.folder).sort()).toEqual(['.muster', 'Dockerfile']);
});

test('every file has the time of the commit, the worker, too', () => {
  using context = wrapFolder(folder({ Dockerfile: 'FROM debian:12' }), layer, 1_700_000_000);
  const paths = ['.', 'Dockerfile', '.muster', '.muster/worker.mjs'];
  const times = paths.map((name) => lstatSync(path.join(context.folder, name)).mtimeMs);
  expect(times).toEqual(paths.map(() => 1_700_000_000_000));
});

test.each(['Dockerfile', '.dockerignore', 'Dockerfile.dockerignore'])(
  'nothing is written through a %s that is a link',
  (name) => {
    const victim = path.join(folder({ victim: 'safe' }), 'victim');
    const evil = folder(name === 'Dockerfile' ? {} : { Dockerfile: 'FROM debian:12' });
    symlinkSync(victim, path.join(evil, name));
    expect(() => wrapFolder(evil, layer)).toThrow(/it is a link/);
    expect(readFileSync(victim, 'utf8')).toBe('safe');
  },
);

test.each([
  ['the place of the worker', '.muster/worker.mjs', 'victim'],
  ['its folder', '.muster', '.'],
])('nothing is written through a link in %s', (_, name, to) => {
  const away = folder({ victim: 'safe', 'worker.mjs': 'safe' });
  const evil = folder({ Dockerfile: 'FROM debian:12' });
  mkdirSync(path.dirname(path.join(evil, name)), { recursive: true });
  symlinkSync(path.join(away, to), path.join(evil, name));
  using context = wrapFolder(evil, layer);
  expect(readFileSync(path.join(context.folder, '.muster/worker.mjs'), 'utf8')).toBe('the worker');
  expect(['victim', 'worker.mjs'].map((file) => readFileSync(path.join(away, file), 'utf8'))).toEqual([
    'safe',
    'safe',
  ]);
});

test('the folder is gone at the end', () => {
  const context = wrapFolder(folder({ Dockerfile: 'FROM debian:12' }), layer);
  context[Symbol.dispose]();
  expect(existsSync(context.folder)).toBe(false);
});

test('a reference is wrapped as it is', () => {
  using context = wrapReference('debian@sha256:0', layer);
  expect(readFileSync(path.join(context.folder, 'Dockerfile'), 'utf8')).toBe(
    `FROM debian@sha256:0\n\n\n${layer.instructions}\n`,
  );
});
