import { createHash } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { JobImage } from '../engine/engine.ts';
import { ConfigurationError } from '../errors.ts';
import { type FolderEntry, folderEntries, hashFile } from './folder.ts';

/** What an image is made of, as far as the repository tells without building it. */
export interface IdentifiedImage extends JobImage {
  /** `folder`: docker/<name>. `digest`: a reference that names its content. `unknown`: neither. */
  readonly kind: 'folder' | 'digest' | 'unknown';
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Content identity without the worker layer: of a folder of `docker/`, the paths, executable bits and bytes of the files
 * that enter its build and where its links lead; of a reference with a digest, the digest. An image that is neither has
 * only its name: equal names are taken for equal programs, which the plan says. Throws `ConfigurationError` where the
 * folder cannot be looked through.
 */
export function identifyImage(root: string, image: string): IdentifiedImage {
  const folder = imageFolder(root, image);
  if (folder !== undefined) {
    return {
      kind: 'folder',
      name: image,
      identity: digest(
        folderEntries(folder)
          .map((entry) => line(folder, entry))
          .join(''),
      ),
    };
  }
  const [, sha256] = /@sha256:([0-9a-f]{64})$/.exec(image) ?? [];
  if (sha256 !== undefined) return { kind: 'digest', name: image, identity: sha256, reference: image };
  return { kind: 'unknown', name: image, identity: digest(`name ${image}`) };
}

const line = (folder: string, entry: FolderEntry) =>
  entry.kind === 'link'
    ? `l ${JSON.stringify(entry.target)} ${entry.path}\n`
    : `${entry.executable ? 'x' : '-'} ${hashFile(join(folder, entry.path))} ${entry.path}\n`;

/** Why an image is no longer what a run was launched with: its other slices would run another program under one name. */
export function imageTrouble(root: string, image: Pick<JobImage, 'name' | 'identity'>): string | undefined {
  try {
    if (identifyImage(root, image.name).identity === image.identity) return undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return `docker/${image.name} has changed since this run was launched, so the program is another one: put it back to go on with this run, or run the grid again, which is a new run`;
}

/** The folder of `docker/` that an image is built from, if it names one. Throws `ConfigurationError` where a link leads away. */
export function imageFolder(root: string, image: string): string | undefined {
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(image)) return undefined;
  const folder = join(root, 'docker', image);
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined || !(stat.isDirectory() || stat.isSymbolicLink())) return undefined;
  if (stat.isDirectory() && realpathSync(folder) === join(realpathSync(root), 'docker', image)) return folder;
  throw new ConfigurationError({
    file: `docker/${image}`,
    message: 'it is reached by a link: what that leads to may change without the repository saying so',
    fix: 'Put the folder itself there.',
  });
}
