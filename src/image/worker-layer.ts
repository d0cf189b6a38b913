import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '../errors.ts';
import { readDockerfile } from './dockerfile.ts';

/** What every image gets on top: Node, the worker, the entry point (design, section 7). */
export interface WorkerLayer {
  /** Instructions after the program's own: user, work directory and variables stay what they are. */
  readonly instructions: string;
  /** The worker as one file, for `bundleInContext`. */
  readonly bundle: string;
  /** 64 hex digits, over both. */
  readonly identity: string;
}

/** Where the layer's instructions expect the bundle, below the folder that is built. */
export const bundleInContext = '.muster/worker.mjs';

/** What the entry point of an image with the layer is. */
export const entryPoint = ['/muster/node', '/muster/worker.mjs'] as const;

/**
 * The layer of this Muster.
 * @param buildArgs `NODE_IMAGE`, where Docker Hub cannot be reached.
 * @param bundle the worker as one file; that of this installation without it.
 */
export function workerLayer(
  buildArgs: Readonly<Record<string, string>> = {},
  bundle = workerBundle(),
): WorkerLayer {
  const instructions = layerInstructions(readFileSync(join(layerFolder(), 'Dockerfile'), 'utf8'), buildArgs);
  const identity = createHash('sha256')
    .update(`${instructions}\n`)
    .update(readFileSync(bundle))
    .digest('hex');
  return { instructions, bundle, identity };
}

/**
 * The last stage of `docker/worker`, for another base: stages it copies from become what they are made of. A build that
 * ends with it has started the entry point once, so an image whose C library is too old is never pushed.
 */
export function layerInstructions(dockerfile: string, buildArgs: Readonly<Record<string, string>>): string {
  const { stages } = readDockerfile(dockerfile, buildArgs);
  const bases = new Map(stages.map(({ name = '', base }) => [name, base]));
  const lines = (stages.at(-1)?.instructions ?? []).map(({ word, rest }) => {
    const from = (whole: string, stage: string) =>
      `--from=${bases.get(stage) ?? whole.slice('--from='.length)}`;
    return `${word} ${rest.replace(/--from=(\S+)/, from)}`;
  });
  return [...lines, `RUN ${JSON.stringify([...entryPoint, '--check'])}`].join('\n');
}

/** `docker/worker` of Muster itself: repositories of grids have none. Bundled: beside `dist`. */
export function layerFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const folders = [join(here, '../docker/worker'), join(here, '../../docker/worker')];
  const found = folders.find((folder) => existsSync(join(folder, 'Dockerfile')));
  if (found === undefined) throw new Error(`no docker/worker near ${here}`);
  return found;
}

function workerBundle(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const found = [join(here, 'worker.mjs'), join(here, '../../dist/worker.mjs')].find((path) =>
    existsSync(path),
  );
  if (found !== undefined) return found;
  const message = 'images hold the worker as one file, and there is none';
  throw new ConfigurationError({ file: 'dist/worker.mjs', message, fix: 'Make it: npm run build' });
}
