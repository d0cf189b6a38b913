// Bundles what runs without the sources: `--actions`, also the actions, whose bundles are committed. An installation does
// without, or it would mend stale ones before anybody looks at them.
import { bundleActions, bundleCli, bundleWorker } from './bundle.ts';

await bundleWorker('dist/worker.mjs');
await bundleCli('dist/muster.mjs');
if (process.argv.includes('--actions')) await bundleActions('actions', 'actions');
