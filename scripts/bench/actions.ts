import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Benchmark, Row } from './benchmark.ts';
import { secondsOfProgram } from './child.ts';
import { inTurn } from './repeat.ts';

const isAction = (name: string) => existsSync(join('actions', name, 'dist/index.mjs'));

/** The committed bundles, as whole processes with nothing given: what a mistake in a workflow takes to be told. */
export const actions: Benchmark = {
  name: 'actions',
  about: 'size and start of each action, beside an empty script',
  async run(folder) {
    const empty = join(folder, 'empty.mjs');
    writeFileSync(empty, '');
    const names = readdirSync('actions').filter(isAction);
    const bundleOf = (name: string) => join('actions', name, 'dist/index.mjs');
    const start = (path: string, expected: number) =>
      secondsOfProgram([process.execPath, path], { expected, env: {} }).then((seconds) => seconds * 1000);
    const measured: Readonly<Record<string, () => Promise<number>>> = {
      // Required inputs are missing, or the runner around them is.
      ...Object.fromEntries(names.map((name) => [name, () => start(bundleOf(name), 1)])),
      baseline: () => start(empty, 0),
    };
    const times = await inTurn(7, measured);
    const starts = names.flatMap((name): readonly Row[] => [
      {
        what: `${name} without inputs / an empty script`,
        ...{ unit: 'ms', ours: times[name] ?? 0, baseline: times.baseline ?? 0 },
        comparison: { kind: 'ratio', most: 3.5 },
      },
      size(`${name}: what it reads for that`, atStart(bundleOf(name)), 1.2),
    ]);
    const parts = readdirSync('actions/dist').filter((name) => name !== 'worker.mjs');
    const shared = parts.reduce((sum, name) => sum + statSync(join('actions/dist', name)).size, 0);
    return [...starts, size('all parts that the eight share, without the worker', shared)];
  },
};

const size = (what: string, bytes: number, most?: number): Row => ({
  ...{ what, unit: 'MiB', ours: bytes / 2 ** 20 },
  comparison: { kind: 'value', ...(most !== undefined && { most }) },
});

/** Bytes of a module and of what it imports before it runs. */
function atStart(path: string, seen = new Set<string>()): number {
  if (seen.has(path)) return 0;
  seen.add(path);
  const imports = readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*"(\.[^"]+\.mjs)"/g);
  const files = Array.from(imports, ([, file = '']) => join(dirname(path), file));
  return files.reduce((sum, file) => sum + atStart(file, seen), statSync(path).size);
}
