import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleActions } from '../bundle.ts';
import type { Problem } from './problem.ts';

/** Bundles the actions of a folder into another, as `<name>/dist/index.mjs` and `dist`. */
export type Bundler = (folder: string, outdir: string) => Promise<void>;

/**
 * GitHub runs the bundles that are committed (GH 1.4), so they have to be what their sources make, byte for byte and none
 * more. An action without sources is named by another rule.
 */
export async function staleBundles(
  root: string,
  bundle: Bundler = bundleActions,
): Promise<readonly Problem[]> {
  const fresh = mkdtempSync(join(tmpdir(), 'muster-bundles-'));
  try {
    const committed = join(root, 'actions');
    await bundle(committed, fresh);
    const [made, there] = [bundlesIn(fresh), bundlesIn(committed)];
    const isStale = (path: string) =>
      !made.includes(path) ||
      !there.includes(path) ||
      !readFileSync(join(fresh, path)).equals(readFileSync(join(committed, path)));
    const stale = [...new Set([...made, ...there])].filter(isStale).sort();
    const message = 'is not what its sources make: npm run build, and commit it';
    return stale.map((path) => ({ rule: 'fresh-bundles', file: `actions/${path}`, line: 1, message }));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Paths below `actions`, those of the parts that are shared included. */
function bundlesIn(folder: string): readonly string[] {
  const below = (path: string) =>
    existsSync(join(folder, path)) ? readdirSync(join(folder, path)).map((name) => `${path}/${name}`) : [];
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return [...below('dist'), ...names.flatMap((name) => below(`${name}/dist`))];
}
