// Bundles what runs without the sources.
import { bundleCli, bundleWorker } from './bundle.ts';

await bundleWorker('dist/worker.mjs');
await bundleCli('dist/muster.mjs');
