import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** One line of the sources made wrong, to see whether a simulation notices. */
export interface TextMutant {
  /** Below the repository's root. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const root = new URL('../../', import.meta.url);
const here = (name: string) => new URL(name, import.meta.url).href;

/** By importing file and specifier: what a simulation does not run. Drawing takes longer than all the rest together. */
const replaced: Readonly<Record<string, string>> = {
  'src/worker/main.ts ./scratch-root.ts': here('worker-parts.ts'),
  'src/worker/main.ts ./work-directory.ts': here('worker-parts.ts'),
  'src/worker/main.ts node:timers/promises': here('virtual-sleep.ts'),
  'src/worker/main.ts ./instance.ts': here('worker-parts.ts'),
  'src/worker/slice.ts ./combination.ts': here('worker-parts.ts'),
  'src/run/present.ts ../report/figures/figures.ts': here('no-figures.ts'),
};

/** To be called before anything of `src` is loaded. */
export function hookModules(mutants: readonly TextMutant[] = []): void {
  for (const mutant of mutants) readMutated(mutant); // fails here rather than inside a loader
  registerHooks({
    resolve(specifier, context, next) {
      const from = pathOf(context.parentURL);
      const url = from === undefined ? undefined : replaced[`${from} ${specifier}`];
      return url === undefined ? next(specifier, context) : { url, shortCircuit: true };
    },
    load(url, context, next) {
      const path = pathOf(url);
      const own = mutants.filter(({ file }) => file === path);
      if (own.length === 0) return next(url, context);
      return { ...next(url, context), source: own.reduce(mutate, readSource(own[0]?.file ?? '')) };
    },
  });
}

const pathOf = (url: string | undefined): string | undefined =>
  url?.startsWith(root.href) ? url.slice(root.href.length) : undefined;

const readSource = (file: string) => readFileSync(fileURLToPath(new URL(file, root)), 'utf8');

/** The source with the mutant in it; throws where what it is to replace is not there exactly once. */
export const readMutated = (mutant: TextMutant) => mutate(readSource(mutant.file), mutant);

function mutate(source: string, { file, from, to }: TextMutant): string {
  const parts = source.split(from);
  if (parts.length !== 2) {
    throw new Error(
      `${file} has ${parts.length - 1} times what a mutant is to replace; it must be there exactly once:\n${from}`,
    );
  }
  return parts.join(to);
}
