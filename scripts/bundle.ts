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

/** One file that the local engine starts and that the worker layer of every image holds. */
export async function bundleWorker(outfile: string): Promise<void> {
  await build({ ...shared, entryPoints: ['src/worker/index.ts'], outfile });
}

/** An installed package may not strip types from its sources, so the command line is bundled, too. */
export async function bundleCli(outfile: string): Promise<void> {
  await build({ ...shared, entryPoints: ['src/cli/index.ts'], outfile, external: ['canvas'] });
}
