// Bundles what runs without the sources: `--actions`, also the actions, whose bundles are committed. An installation does
// without, or it would mend stale ones before anybody looks at them.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleAction, bundleCli, bundleWorker } from './bundle.ts';

await bundleWorker('dist/worker.mjs');
await bundleCli('dist/muster.mjs');
const actions = process.argv.includes('--actions') ? readdirSync('actions') : [];
for (const name of actions) {
  const folder = join('actions', name);
  if (existsSync(join(folder, 'index.ts'))) await bundleAction(folder, join(folder, 'dist/index.mjs'));
}
