import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

test('a .dockerignore that leaves everything out lets the worker in', () => {
  using context = wrapFolder(folder({ Dockerfile: 'FROM debian:12', '.dockerignore': '**\n!bin' }), layer);
  expect(readFileSync(path.join(context.folder, '.dockerignore'), 'utf8').split('\n')).toEqual([
    ...['**', '!bin', '!.muster', '!.muster/worker.mjs', ''],
  ]);
});

test('a reference is wrapped as it is', () => {
  using context = wrapReference('debian@sha256:0', layer);
  expect(readFileSync(path.join(context.folder, 'Dockerfile'), 'utf8')).toBe(
    `FROM debian@sha256:0\n\n\n${layer.instructions}\n`,
  );
});
