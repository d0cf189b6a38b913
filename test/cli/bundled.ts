import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { bundleCli, bundleWorker } from '../../scripts/bundle.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder with the command line and the worker as people install them; none: from the sources. */
    readonly dist: string | undefined;
  }
}

const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

/**
 * `npm test` starts commands and workers from bundles made of the sources of this moment: they are what people have,
 * and start in half the time. A test file run by itself takes the sources, because bundling takes longer than it.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  if (process.env.MUSTER_TEST_BUNDLED === undefined) {
    project.provide('dist', undefined);
    return () => {};
  }
  // Not `dist`, which a command in another shell may be reading; below node_modules, because what is drawn in
  // a review is found from there.
  mkdirSync(cache, { recursive: true });
  const house = mkdtempSync(join(cache, 'bundled-'));
  const dist = join(house, 'dist');
  await Promise.all([bundleCli(join(dist, 'muster.mjs')), bundleWorker(join(dist, 'worker.mjs'))]);
  // The layer of images, which a package has beside `dist`.
  cpSync(fileURLToPath(new URL('../../docker/worker', import.meta.url)), join(house, 'docker/worker'), {
    recursive: true,
  });
  project.provide('dist', dist);
  return () => rmSync(house, { recursive: true });
}
