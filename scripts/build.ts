// Bundles what runs without the sources: the CLI (an installed package may not strip types) and the worker
// (one file that the local engine starts and that the worker layer of every image holds).
import { build } from 'esbuild';

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  legalComments: 'none',
  // CommonJS dependencies ask for `require`, which a module does not have.
  banner: {
    js: "import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);",
  },
} as const;

await build({ ...shared, entryPoints: ['src/worker/index.ts'], outfile: 'dist/worker.mjs' });
await build({
  ...shared,
  entryPoints: ['src/cli/index.ts'],
  outfile: 'dist/muster.mjs',
  external: ['canvas'],
});
