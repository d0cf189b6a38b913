import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Problem } from './problem.ts';

/** Linters that nobody here wrote, installed where that is possible. */
export type Told =
  | { readonly outcome: 'ran'; readonly problems: readonly Problem[] }
  | { readonly outcome: 'skipped'; readonly why: string };

/** Where they are kept, in a folder of each version. */
export const cacheOf = (name: string) => resolve('node_modules/.cache/muster-lint', name);

/** Seconds. */
export const limits = { answer: 30, install: 600, lint: 300 };

interface Call {
  readonly cwd?: string;
  readonly seconds: number;
  readonly environment?: Readonly<Record<string, string>>;
}

export function run(program: string, args: readonly string[], { cwd, seconds, environment }: Call) {
  return spawnSync(program, args, {
    ...(cwd !== undefined && { cwd }),
    ...{ timeout: seconds * 1000, killSignal: 'SIGKILL', encoding: 'utf8', maxBuffer: 1 << 26 },
    env: { ...process.env, ...environment },
  });
}

export const works = (...call: Parameters<typeof run>) => run(...call).status === 0;
