import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAction } from '../bundle.ts';
import type { Problem } from './problem.ts';

/** Bundles an action into a file. */
export type Bundler = (folder: string, outfile: string) => Promise<void>;

/**
 * GitHub runs the bundle that is committed (GH 1.4), so it has to be what its sources make, byte for byte. An action
 * without sources or without a bundle is named by another rule.
 */
export async function staleBundles(
  root: string,
  actions: readonly string[],
  bundle: Bundler = bundleAction,
): Promise<readonly Problem[]> {
  const fresh = mkdtempSync(join(tmpdir(), 'muster-bundles-'));
  const stale: Problem[] = [];
  try {
    for (const action of actions) {
      const committed = join(root, action, 'dist/index.mjs');
      if (!existsSync(committed) || !existsSync(join(root, action, 'index.ts'))) continue;
      const built = join(fresh, 'index.mjs');
      await bundle(join(root, action), built);
      if (readFileSync(built).equals(readFileSync(committed))) continue;
      const message = 'is not what its sources make: npm run build, and commit it';
      stale.push({ rule: 'fresh-bundles', file: `${action}/dist/index.mjs`, line: 1, message });
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return stale;
}
