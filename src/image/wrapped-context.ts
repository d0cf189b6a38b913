import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BuildContext, copyContext } from './context.ts';
import { bundleInContext, type WorkerLayer } from './worker-layer.ts';

/**
 * A copy of `docker/<name>` that builds the program's image with the worker on it, in one build: no builder needs to see
 * an image that another build made. Its Dockerfile begins as the program's does, so the builder names the same lines.
 */
export function wrapFolder(folder: string, layer: WorkerLayer): BuildContext {
  const context = copyContext(folder, 0);
  return withLayer(context, layer);
}

/** The same for an image that exists, named by its digest. */
export function wrapReference(reference: string, layer: WorkerLayer): BuildContext {
  const folder = mkdtempSync(join(tmpdir(), 'muster-wrap-'));
  writeFileSync(join(folder, 'Dockerfile'), `FROM ${reference}\n`);
  const context = { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
  return withLayer(context, layer);
}

function withLayer(context: BuildContext, { instructions, bundle }: WorkerLayer): BuildContext {
  try {
    const at = (path: string) => join(context.folder, path);
    appendFileSync(at('Dockerfile'), `\n\n${instructions}\n`);
    mkdirSync(dirname(at(bundleInContext)), { recursive: true });
    copyFileSync(bundle, at(bundleInContext));
    for (const name of ['.dockerignore', 'Dockerfile.dockerignore']) {
      // The last pattern that matches decides.
      if (existsSync(at(name)))
        appendFileSync(at(name), `\n!${dirname(bundleInContext)}\n!${bundleInContext}\n`);
    }
    return context;
  } catch (error) {
    context[Symbol.dispose]();
    throw error;
  }
}
