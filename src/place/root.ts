import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { type ReadConfiguration, readConfiguration } from '../run/configuration.ts';
import { calledAs } from './called-as.ts';

/** The nearest folder upwards that has a `muster.yaml` or a `grids` folder; else where one stands. */
export function findRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'muster.yaml')) || existsSync(join(folder, 'grids'))) return folder;
    if (dirname(folder) === folder) return from;
  }
}

/** Otherwise a look at the runs from a wrong folder would make a `.muster` there. */
export function requirePlace(root: string): void {
  if (['muster.yaml', 'grids', '.muster'].some((name) => existsSync(join(root, name)))) return;
  throw new ConfigurationError({
    file: root,
    message: 'there is no `grids` folder here or above',
    fix: `Go to the folder that has one, or name it: ${calledAs} -C <folder>. A first grid: ${calledAs} new --help`,
  });
}

/** `muster.yaml` of the folder; all defaults without one. */
export function readMusterYaml(root: string, stage: string | undefined): ReadConfiguration {
  const path = join(root, 'muster.yaml');
  return readConfiguration('muster.yaml', existsSync(path) ? readFileSync(path, 'utf8') : '', stage);
}
