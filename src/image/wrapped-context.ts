import {
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  openSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildContext, copyContext, newContext } from './context.ts';
import { ignoreFiles } from './folder.ts';
import { bundleInContext, type WorkerLayer } from './worker-layer.ts';

/**
 * A copy of `docker/<name>` that builds the program's image with the worker on it, in one build: no builder needs to see
 * an image that another build made. Its Dockerfile begins as the program's does, so the builder names the same lines.
 * @param time of every file, in seconds since 1970.
 */
export const wrapFolder = (folder: string, layer: WorkerLayer, time = 0): BuildContext =>
  copyContext(folder, time, (copy) => addLayer(copy, layer));

/** The same for an image that exists, named by its digest. */
export const wrapReference = (reference: string, layer: WorkerLayer): BuildContext =>
  newContext(0, (folder) => {
    append(join(folder, 'Dockerfile'), `FROM ${reference}\n`);
    addLayer(folder, layer);
  });

function addLayer(folder: string, { instructions, bundle }: WorkerLayer): void {
  append(join(folder, 'Dockerfile'), `\n\n${instructions}\n`);
  const target = join(folder, bundleInContext);
  mkdirSync(dirname(target));
  copyFileSync(bundle, target, constants.COPYFILE_EXCL);
  chmodSync(target, 0o644);
  for (const name of ignoreFiles) {
    const path = join(folder, name);
    // The last pattern that matches decides.
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
      append(path, `\n!${dirname(bundleInContext)}\n!${bundleInContext}\n`);
  }
}

/** Never through a link: what a repository holds must not write outside the copy of it. */
function append(path: string, text: string): void {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const descriptor = openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o644);
  try {
    appendFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
