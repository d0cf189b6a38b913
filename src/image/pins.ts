import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDockerfile } from './dockerfile.ts';
import { type IdentifiedImage, identifyImage, imageFolder } from './identity.ts';

/** Values for `ARG` of Dockerfiles, by name. */
export type BuildArgs = Readonly<Record<string, string>>;

/**
 * An image that `muster.yaml` pins is what the digest says, whatever `docker/<name>` holds by now: what runs is the
 * pushed image, so that is the identity of the run and of its results.
 */
export function identifyPinned(
  root: string,
  pins: Readonly<Record<string, string>>,
  image: string,
  buildArgs: BuildArgs = {},
): IdentifiedImage {
  const reference = Object.hasOwn(pins, image) ? pins[image] : undefined;
  return reference === undefined
    ? identifyBuilt(root, image, buildArgs)
    : { ...identifyImage(root, reference), name: image };
}

/** A folder built with other arguments than its own is another program: another base, another version. */
export function identifyBuilt(root: string, image: string, buildArgs: BuildArgs): IdentifiedImage {
  const identified = identifyImage(root, image);
  const folder = imageFolder(root, image);
  const values = folder === undefined ? {} : argumentsOf(folder, buildArgs);
  if (Object.keys(values).length === 0) return identified;
  const text = `${identified.identity} ${JSON.stringify(values)}`;
  return { ...identified, identity: createHash('sha256').update(text).digest('hex') };
}

/** Those that the folder's Dockerfile takes, in one order. */
export function argumentsOf(folder: string, buildArgs: BuildArgs): BuildArgs {
  const file = join(folder, 'Dockerfile');
  if (!existsSync(file)) return {};
  const { args } = readDockerfile(readFileSync(file, 'utf8'));
  return Object.fromEntries(
    Object.entries(buildArgs)
      .filter(([name]) => args.includes(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
