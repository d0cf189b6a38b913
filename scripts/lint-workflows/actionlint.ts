import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { cacheOf, limits, run, type Told, works } from './program.ts';

const version = '1.7.12';
export const actionlint = `actionlint ${version}`;
const folder = cacheOf(`actionlint-${version}`);
const program = join(folder, 'actionlint');

/** Types of expressions, labels of runners, globs, scripts (GH 4.3). */
export function askActionlint(root: string, paths: readonly string[]): Told {
  const why = install();
  if (why !== undefined) return { outcome: 'skipped', why };
  const args = ['-format', '{{json .}}', ...paths];
  const { status, stdout, stderr } = run(program, args, { cwd: root, seconds: limits.lint });
  // 1: it found something.
  if (status !== 0 && status !== 1) throw new Error(`${actionlint} ended with ${status}:\n${stderr}`);
  const problems = findingsSchema
    .parse(JSON.parse(stdout))
    .filter(({ message }) => !newer.some((known) => known.test(message)))
    .map(({ message, filepath, line, kind }) => ({
      ...{ rule: `actionlint/${kind}`, file: filepath, line, message },
    }));
  return { outcome: 'ran', problems };
}

/** What came to GitHub after this version, and is checked by the language service and by rules of ours. */
const newer = [
  // Actions and workflows of the same repository at the same commit (GH 1.4).
  /^specifying action "\$\/[^"]*" in invalid format because ref is missing/,
  /^reusable workflow call "\$\/[^"]*" at "uses" is not following the format/,
  // Longer queues (GH 3.5).
  /^unexpected key "queue" for "concurrency" section/,
];

const findingsSchema = z.array(
  z.object({ message: z.string(), filepath: z.string(), line: z.number(), kind: z.string() }),
);

export const isActionlintHere = () => works(program, ['--version'], { seconds: limits.answer });

/** Why it is not there, or `undefined`. */
function install(): string | undefined {
  if (isActionlintHere()) return undefined;
  if (!works('go', ['version'], { seconds: limits.answer })) return 'go is not here';
  mkdirSync(folder, { recursive: true });
  const module = `github.com/rhysd/actionlint/cmd/actionlint@v${version}`;
  const isThere = works('go', ['install', module], {
    ...{ seconds: limits.install, environment: { GOBIN: folder } },
  });
  return isThere ? undefined : `${actionlint} could not be built from its Go module`;
}
