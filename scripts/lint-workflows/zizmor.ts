import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { cacheOf, limits, run, type Told, works } from './program.ts';

const version = '1.32.0';
export const zizmor = `zizmor ${version}`;
const environment = cacheOf(`zizmor-${version}`);
const program = join(environment, 'bin', 'zizmor');

/** Security audits (GH 4.3): all of them, also those for people who read everything, and without asking GitHub. */
export function askZizmor(root: string): Told {
  const why = install();
  if (why !== undefined) return { outcome: 'skipped', why };
  const folders = ['.github', 'actions'].filter((folder) => existsSync(join(root, folder)));
  const args = ['--offline', '--persona', 'auditor', '--format', 'json', '--no-exit-codes', ...folders];
  const { status, stdout, stderr } = run(program, args, { cwd: root, seconds: limits.lint });
  if (status !== 0) throw new Error(`${zizmor} ended with ${status}:\n${stderr}`);
  const problems = findingsSchema.parse(JSON.parse(stdout)).map(({ ident, desc, locations }) => {
    const { symbolic, concrete } = locations.find((one) => one.symbolic.kind === 'Primary') ?? locations[0];
    const file = symbolic.key.Local.verbatim_path;
    return { rule: `zizmor/${ident}`, file, line: concrete.location.start_point.row + 1, message: desc };
  });
  return { outcome: 'ran', problems };
}

export const isZizmorHere = () => works(program, ['--version'], { seconds: limits.answer });

/** Why it is not there, or `undefined`. */
function install(): string | undefined {
  if (isZizmorHere()) return undefined;
  rmSync(environment, { recursive: true, force: true }); // a half-made one may be broken in any way
  mkdirSync(dirname(environment), { recursive: true });
  const seconds = limits.install;
  if (!works('python3', ['-m', 'venv', environment], { seconds })) {
    return 'python3 with venv is not here (Debian: install python3-venv)';
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', `zizmor==${version}`];
  const isThere = works(join(environment, 'bin', 'python'), pip, { seconds });
  return isThere ? undefined : `${zizmor} could not be installed from PyPI`;
}

/** Rows are from 0. */
const locationSchema = z.object({
  symbolic: z.object({ kind: z.string(), key: z.object({ Local: z.object({ verbatim_path: z.string() }) }) }),
  concrete: z.object({ location: z.object({ start_point: z.object({ row: z.number() }) }) }),
});

const findingsSchema = z.array(
  z.object({
    ident: z.string(),
    desc: z.string(),
    locations: z.tuple([locationSchema], locationSchema),
  }),
);
