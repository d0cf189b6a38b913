import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Images } from '../../src/engine/local/container/images.ts';
import { temporaryFolder } from './container-machine.ts';
import { until } from './local/local-harness.ts';

/** A program with Docker's command line that has no image and builds until a file `built` (or `broken`) appears. */
async function slowBuilder() {
  const folder = await temporaryFolder();
  const docker = join(folder.path, 'docker');
  const script = `#!/bin/sh
cd '${folder.path}'
case "$1" in
  image) exit 1 ;;
  build) echo x >> builds; until [ -e built ] || [ -e broken ]; do sleep 0.02; done; echo 'no such base'; test -e built ;;
  run) echo v24.0.0 ;;
esac
`;
  writeFileSync(docker, script, { mode: 0o755 });
  const settings = {
    ...{ docker, forNewJobs: true, workerBundle: '/worker.mjs', node: '/node' },
    folder: () => folder.path,
  };
  return {
    images: new Images(settings, join(folder.path, 'logs'), 50),
    end: (how: 'built' | 'broken') => writeFileSync(join(folder.path, how), ''),
    builds: () => {
      const builds = join(folder.path, 'builds');
      return existsSync(builds) ? readFileSync(builds, 'utf8').split('\n').length - 1 : 0;
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const image = { name: 'demo', identity: 'a'.repeat(64) };

test('a build that takes long lets the submission go and is found ready by the next', async () => {
  await using at = await slowBuilder();
  expect(await at.images.inTime(image)).toBeUndefined();
  await until(() => at.builds() === 1);
  at.end('built');
  await until(async () => (await at.images.inTime(image)) !== undefined);
  expect(await at.images.inTime(image)).toMatchObject({ ok: true });
});

test('a build that failed after a submission had let go is told to the next', async () => {
  await using at = await slowBuilder();
  expect(await at.images.inTime(image)).toBeUndefined();
  await until(() => at.builds() === 1);
  at.end('broken');
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  await until(async () => {
    const prepared = await at.images.inTime(image);
    if (prepared !== undefined) resolve(prepared);
    return prepared !== undefined;
  });
  expect(await told).toMatchObject({ ok: false, reason: expect.stringContaining('no such base') });
  expect(at.builds()).toBe(1);
});

test('whoever waits for an image gets it however long it takes', async () => {
  await using at = await slowBuilder();
  const whole = at.images.whole(image);
  expect(await at.images.inTime(image)).toBeUndefined();
  at.end('built');
  expect(await whole).toMatchObject({ ok: true });
});
