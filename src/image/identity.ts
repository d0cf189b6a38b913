import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { JobImage } from '../engine/engine.ts';

/** What an image is made of, as far as the repository tells without building it. */
export interface IdentifiedImage extends JobImage {
  /** `folder`: docker/<name>. `digest`: a reference that names its content. `unknown`: neither. */
  readonly kind: 'folder' | 'digest' | 'unknown';
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Content identity without the worker layer: of a folder of `docker/`, the paths, executable bits and bytes of its
 * files and where its links lead, without what Python compiles; of a reference with a digest, the digest. An image
 * that is neither has only its name: equal names are taken for equal programs, which the plan says.
 */
export function identifyImage(root: string, image: string): IdentifiedImage {
  const folder = imageFolder(root, image);
  if (folder !== undefined) {
    return { kind: 'folder', name: image, identity: digest(folderLines(folder, '').join('')) };
  }
  const [, sha256] = /@sha256:([0-9a-f]{64})$/.exec(image) ?? [];
  if (sha256 !== undefined) return { kind: 'digest', name: image, identity: sha256, reference: image };
  return { kind: 'unknown', name: image, identity: digest(`name ${image}`) };
}

/** Why an image is no longer what a run was launched with: its other slices would run another program under one name. */
export function imageTrouble(root: string, image: Pick<JobImage, 'name' | 'identity'>): string | undefined {
  if (identifyImage(root, image.name).identity === image.identity) return undefined;
  return `docker/${image.name} has changed since this run was launched, so the program is another one: put it back to go on with this run, or run the grid again, which is a new run`;
}

/** The folder of `docker/` that an image is built from, if it names one. */
export function imageFolder(root: string, image: string): string | undefined {
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(image)) return undefined;
  const folder = join(root, 'docker', image);
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? folder : undefined;
}

/** Python writes this beside a module when it is first imported: running a program must not make it another one. */
export const compiledByPython = '__pycache__';

function folderLines(folder: string, path: string): readonly string[] {
  const entries = readdirSync(join(folder, path), { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.name === compiledByPython) return [];
    const below = path === '' ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) return folderLines(folder, below);
    const file = join(folder, below);
    // A link goes into the image as it is, so what it names counts, not what it leads to.
    if (entry.isSymbolicLink()) return [`l ${JSON.stringify(readlinkSync(file))} ${below}\n`];
    if (!entry.isFile()) return [];
    const executable = (statSync(file).mode & 0o111) === 0 ? '-' : 'x';
    return [`${executable} ${createHash('sha256').update(readFileSync(file)).digest('hex')} ${below}\n`];
  });
}
