import { execFileSync, type StdioOptions } from 'node:child_process';
import { arch } from 'node:os';
import { resolve } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { type Architecture, architectures } from '../image/architecture.ts';
import { identifyImage } from '../image/identity.ts';
import { folderRecipe, type Provenance, type Recipe, referenceRecipe } from '../image/recipe.ts';
import { type Repository, repositoryOf } from '../image/resolve.ts';
import type { Configuration } from '../run/configuration.ts';
import { stageOf } from '../run/decide.ts';
import { commitOf } from './launch-grid.ts';
import { findRoot, readMusterYaml } from './root.ts';

/** What the commands about images start from: no store, no engine. */
export interface ImageCommandPlace {
  readonly root: string;
  readonly configuration: Configuration;
  /** Of the queues in muster.yaml; of this machine where it has none. */
  readonly architectures: readonly Architecture[];
}

/** @param directory where to look for the repository; the working directory without it. */
export function openImagePlace(
  directory: string | undefined,
  options: { readonly stage?: string },
): ImageCommandPlace {
  const root = findRoot(resolve(directory ?? '.'));
  const { configuration } = readMusterYaml(root, stageOf(options.stage, process.env));
  const queued = queuedArchitectures(configuration);
  const own: Architecture = arch() === 'arm64' ? 'arm64' : 'amd64';
  return { root, configuration, architectures: queued.length === 0 ? [own] : queued };
}

/** That of each queue, once. */
export function queuedArchitectures({ queues }: Pick<Configuration, 'queues'>): readonly Architecture[] {
  const queued = new Set(Object.values(queues).map(({ architecture }) => architecture));
  return architectures.filter((one) => queued.has(one));
}

/** A folder of `docker/`, as the checkout has it. */
export function recipeOf({ root, configuration }: ImageCommandPlace, name: string): Recipe {
  return folderRecipe(root, name, configuration.build_args, provenanceOf(root, configuration, name));
}

export function wrapRecipe({ root, configuration }: ImageCommandPlace, reference: string): Recipe {
  const from: Provenance = { commit: null, changed: false, ...sourceOf(configuration) };
  return referenceRecipe(identifyImage(root, reference), configuration.build_args, from);
}

/** Where the image goes. */
export function pushTarget({ configuration }: ImageCommandPlace, { image }: Recipe): Repository {
  const { registry } = configuration;
  if (registry === undefined) {
    throw new ConfigurationError({
      file: 'muster.yaml',
      message: 'it names no registry to push images to',
      fix: 'Add the address of one and a prefix: registry: <account>.dkr.ecr.<region>.amazonaws.com/<prefix>',
    });
  }
  const repository = repositoryOf(registry, image);
  if (repository !== undefined) return repository;
  throw new ConfigurationError({
    file: 'command line',
    message: `${image.name} is in ${registry} already: what was pushed there has its worker`,
    fix: 'Use it as it is, or wrap the image that it was made from.',
  });
}

export function provenanceOf(
  root: string,
  configuration: Pick<Configuration, 'repository'>,
  name: string,
): Provenance {
  const commit = commitOf(root);
  if (commit === null) return { commit, changed: false, ...sourceOf(configuration) };
  const version = git(root, 'describe', '--tags', '--exact-match', 'HEAD');
  const time = Number(git(root, 'log', '-1', '--format=%ct'));
  return {
    commit,
    changed: git(root, 'status', '--porcelain', '--', `docker/${name}`) !== '',
    ...(version !== undefined && version !== '' && { version }),
    ...(Number.isSafeInteger(time) && time > 0 && { createdAt: time }),
    ...sourceOf(configuration),
  };
}

const sourceOf = ({ repository }: Pick<Configuration, 'repository'>) =>
  repository.startsWith('local/') ? {} : { source: `https://github.com/${repository}` };

function git(root: string, ...args: readonly string[]): string | undefined {
  try {
    const stdio: StdioOptions = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', args, { cwd: root, stdio, encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
