import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '../errors.ts';
import { resolveImage } from '../grid/resolve.ts';
import { type Architecture, architectures, isArchitecture } from '../image/architecture.ts';
import { imageFolder } from '../image/identity.ts';
import { readGrids } from './grids.ts';

/** Folders of docker/ as the input names them, or those that grids name. */
export function imagesOf(root: string, given: readonly string[]): readonly string[] {
  const named = given[0]?.startsWith('[') === true ? parseList(given.join('\n')) : given;
  if (named.length > 0) return named.map((name) => imageOf(root, name));
  return usedImages(root).filter((name) => hasDockerfile(root, name));
}

export function imageOf(root: string, name: string | undefined): string {
  if (name !== undefined && imageFolder(root, name) !== undefined) return name;
  throw new ConfigurationError({
    file: 'input image',
    message: name === undefined ? 'it is required' : `there is no folder docker/${name.slice(0, 200)}`,
    fix: 'Name a folder of docker/.',
  });
}

export function architectureOf(text: string | undefined): Architecture {
  if (text !== undefined && isArchitecture(text)) return text;
  throw new ConfigurationError({
    file: 'input architecture',
    message: text === undefined ? 'it is required' : `there is no architecture \`${text.slice(0, 200)}\``,
    fix: `Choose ${architectures.join(' or ')}.`,
  });
}

function parseList(text: string): readonly string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch (cause) {
    throw new ConfigurationError(
      { file: 'input images', message: 'it is no JSON array of names', fix: 'Or write one name a line.' },
      { cause },
    );
  }
}

const hasDockerfile = (root: string, name: string) => {
  const folder = imageFolder(root, name);
  return folder !== undefined && existsSync(join(folder, 'Dockerfile'));
};

/** A grid that cannot be read is told where it is planned. */
function usedImages(root: string): readonly string[] {
  const names = new Set<string>();
  for (const { loaded } of readGrids(root)) {
    if (loaded instanceof ConfigurationError) continue;
    const { image } = loaded.grid.program;
    if (!image.includes('{')) names.add(image);
    else for (const combination of loaded.combinations()) names.add(resolveImage(loaded.grid, combination));
  }
  return [...names].sort();
}
