import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** zod brings its messages in fifty languages, read by every process that starts; ours are in English. */
const onlyEnglish: Plugin = {
  name: 'only-english',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** Tokens for the cloud bring an HTTP client of their own (600 KB), which most steps never ask. */
const lateTokens: Plugin = {
  name: 'late-tokens',
  setup({ onLoad, onResolve }) {
    const real = /[\\/]@actions[\\/]core[\\/]lib[\\/]oidc-utils\.js$/;
    onResolve({ filter: /oidc-utils\.js\?real$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, 'oidc-utils.js'),
      suffix: '?real',
    }));
    onLoad({ filter: real }, ({ suffix }) =>
      suffix === '?real'
        ? undefined
        : {
            contents: `export const OidcClient = { getIDToken: async (audience) =>
              (await import('./oidc-utils.js?real')).OidcClient.getIDToken(audience) };`,
          },
    );
  },
};

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  legalComments: 'none',
  plugins: [onlyEnglish],
  // Packages in both forms, as modules: only of those does `import()` give names, and leave out what nobody asks for.
  mainFields: ['module', 'main'],
  // CommonJS dependencies ask for `require`, which a module does not have.
  banner: {
    js: "import{createRequire as musterRequire}from'node:module';const require=musterRequire(import.meta.url);",
  },
} satisfies BuildOptions;

/** One file that the local engine starts and that the worker layer of every image holds. */
export async function bundleWorker(outfile: string): Promise<void> {
  await bundleProgram('src/worker/index.ts', outfile);
}

/**
 * The actions as GitHub runs them, committed (GH 1.4): the same sources make the same bytes. Each is a small
 * `<name>/dist/index.mjs`; what they share lies once in `dist`, in parts that are read when they are needed. Whoever uses
 * one action gets the whole repository, so eight bundles of the same SDK would only be eight times as much to fetch.
 * @param folder `actions`, with an `index.ts` below each name.
 * @param outdir where `<name>/dist/index.mjs` and `dist` are written.
 */
export async function bundleActions(folder: string, outdir: string): Promise<void> {
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'index.ts')));
  const parts = join(outdir, 'dist');
  // Images are known by their worker, and are built with it.
  await bundleWorker(join(parts, 'worker.mjs'));
  const { metafile } = await build({
    ...shared,
    entryPoints: Object.fromEntries(
      names.map((name) => [`${name}/dist/index`, join(folder, name, 'index.ts')]),
    ),
    outdir,
    splitting: true,
    chunkNames: `dist/${part}[hash]`,
    outExtension: { '.js': '.mjs' },
    external: ['canvas'],
    plugins: [...shared.plugins, lateTokens],
    metafile: true,
  });
  const made = Object.keys(metafile.outputs).map((path) => basename(path));
  for (const name of readdirSync(parts)) {
    if (name.startsWith(part) && !made.includes(name)) rmSync(join(parts, name));
  }
}

/** Any program in one file. */
export async function bundleProgram(entryPoint: string, outfile: string): Promise<void> {
  await build({ ...shared, entryPoints: [entryPoint], outfile, external: ['canvas'] });
}

/**
 * An installed package may not strip types from its sources, so the command line is bundled, too: as `cli.mjs` beside
 * `outfile`, which starts it.
 */
export async function bundleCli(outfile: string): Promise<void> {
  const outdir = dirname(outfile);
  const outputs = await bundleInParts('src/cli/index.ts', join(outdir, 'cli.mjs'));
  removeOldParts(outdir, outputs);
  writeFileSync(outfile, starter, { mode: 0o755 });
}

/**
 * A program whose parts lie beside it, as we install it: what is imported where it is used, such as the SDK of AWS,
 * becomes files of its own, and what does without it does not read it. Parsing takes V8 far more than the text, and the
 * process keeps it: a publication starts with 60 MiB less than from one file.
 * @returns names of all files written.
 */
export async function bundleInParts(entryPoint: string, outfile: string): Promise<readonly string[]> {
  const { metafile } = await build({
    ...shared,
    entryPoints: { [basename(outfile, '.mjs')]: entryPoint },
    outdir: dirname(outfile),
    splitting: true,
    metafile: true,
    // Beside the rest: code that looks for files beside itself finds them from every part.
    chunkNames: `${part}[hash]`,
    outExtension: { '.js': '.mjs' },
    external: ['canvas'],
  });
  return Object.keys(metafile.outputs).map((path) => basename(path));
}

const part = 'part-';
/** A command that has been running since before the build may still ask for a part it had not needed so far. */
const partsKeptMs = 7 * 24 * 3600 * 1000;

function removeOldParts(folder: string, current: readonly string[]): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(part) || current.includes(name)) continue;
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > partsKeptMs) rmSync(path);
  }
}

/**
 * A shell script and a module at once: the shell replaces itself with the Node that came with the dependencies, where
 * there is one (so signals and the exit code are the command's own), and Node takes the second line for a comment. Any
 * Node can read it, so an old one gets a sentence instead of a syntax error.
 */
const starter = `#!/bin/sh
':' //; here=$(dirname "$(readlink -f "$0")"); node="$here/../node_modules/node/bin/node"; [ -x "$node" ] || node=node; exec "$node" "$0" "$@"
if (Number(process.versions.node.split('.')[0]) >= 24) {
  (await import('node:module')).enableCompileCache();
  await import('./cli.mjs');
} else {
  console.error('muster needs Node 24 or newer; this is ' + process.version + '. In a clone, \`npm install\` brings its own: start npx muster, or dist/muster.mjs without \`node\` before it.');
  process.exitCode = 2;
}
`;
