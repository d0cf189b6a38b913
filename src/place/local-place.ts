import { existsSync, realpathSync } from 'node:fs';
import { arch, availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkDocker } from '../engine/local/container/docker.ts';
import { type ContainerSettings, openLocalEngine } from '../engine/local/local-engine.ts';
import { ConfigurationError } from '../errors.ts';
import { identifyImage, imageFolder, imageTrouble } from '../image/identity.ts';
import type { EnginePlace } from './engine-place.ts';

export interface LocalPlaceOptions {
  readonly root: string;
  /** vCPUs the engine uses; all without it. */
  readonly parallel?: number;
  /** Slices submitted from here run in containers. */
  readonly containers: boolean;
  readonly usdPerVcpuHour: number;
}

/** Slices as processes or containers of this machine. */
export async function openLocalPlace(options: LocalPlaceOptions): Promise<EnginePlace> {
  const { root, usdPerVcpuHour } = options;
  const parallel = options.parallel ?? availableParallelism();
  const containers = containerSettings(root, options.containers);
  if (containers.forNewJobs) await checkDocker(containers.docker);
  const local = await openLocalEngine({
    directory: join(root, '.muster', 'engine'),
    parallel,
    workerCommand: workerCommand(),
    imageBin: (image) => {
      const bin = join(root, 'docker', image, 'bin');
      return existsSync(bin) ? bin : undefined;
    },
    imageTrouble: (image) => imageTrouble(root, image),
    containers,
  });
  return {
    engine: local,
    local,
    planEngine: {
      kind: 'local',
      vcpus: parallel,
      memoryMib: Math.floor(totalmem() / 2 ** 20),
      architecture: arch() === 'arm64' ? 'arm64' : 'amd64',
      usdPerVcpuHour,
    },
    identify: (image) => identifyImage(root, image),
    imageTrouble: (image) => imageTrouble(root, image),
    refuse: async ({ images }) => {
      for (const image of images) {
        const message = await local.prepareImage(image);
        if (message !== undefined) return { message };
      }
      return undefined;
    },
    [Symbol.asyncDispose]: () => local[Symbol.asyncDispose](),
  };
}

/** Whatever this process submits, it may have to host slices that another submitted for containers. */
function containerSettings(root: string, forNewJobs: boolean): ContainerSettings {
  const here = dirname(fileURLToPath(import.meta.url));
  const bundles = [join(here, 'worker.mjs'), join(here, '../../dist/worker.mjs')];
  const workerBundle = bundles.find((path) => existsSync(path));
  if (forNewJobs && workerBundle === undefined) {
    throw new ConfigurationError({
      file: 'command line',
      message: '`--containers` needs the worker as one file, and there is none',
      fix: 'Make it: npm run build',
    });
  }
  // The one of the dev dependencies is known to run on old systems; that of a distribution may need more of them.
  const node = join(here, '../../node_modules/node/bin/node');
  return {
    docker: 'docker',
    forNewJobs,
    workerBundle: workerBundle ?? join(here, 'worker.mjs'),
    node: realpathSync(existsSync(node) ? node : process.execPath),
    folder: (image) => imageFolder(root, image),
    say: (line) => process.stderr.write(`${line}\n`),
  };
}

/** Bundled: beside this file. From the sources: below the repository's `dist`, or the sources themselves. */
function workerCommand(): readonly string[] {
  const here = dirname(fileURLToPath(import.meta.url));
  const candidates = [
    join(here, 'worker.mjs'),
    join(here, '../../dist/worker.mjs'),
    join(here, '../worker/index.ts'),
  ];
  const worker = candidates.find((path) => existsSync(path));
  if (worker === undefined) throw new Error(`no worker beside ${here}`);
  return [process.execPath, worker];
}
