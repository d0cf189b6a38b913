// A virtual environment of Python with one package in it, kept below node_modules/.cache. Plain JavaScript, because it
// starts before anything is known to work.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Seconds. */
const limits = { answer: 10, make: 120, install: 600, start: 60 };
const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url));

/**
 * @param requirement with its version, as pip takes it: `moto[server]==5.2.3`.
 * @param module that an environment must be able to import, or it is made anew.
 * @returns `{ python }`, its interpreter, or `{ reason }` why there is none here.
 */
export function pythonEnvironment(requirement, module) {
  const folder = join(cache, 'python', requirement.replaceAll(/[^\w.]+/g, '-'));
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  // Kept from an earlier run; broken if Python itself was replaced since.
  if (existsSync(complete) && run(python, ['-c', `import ${module}`], limits.start)) return { python };
  if (!run('python3', ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 10))'], limits.answer)) {
    return { reason: 'python3 (3.10 or newer, with venv) is not here' };
  }
  // A half-made one may be broken in any way.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  console.log(`Making a virtual environment with ${requirement}; kept in ${folder}.`);
  if (!run('python3', ['-m', 'venv', folder], limits.make)) {
    return { reason: 'python3 -m venv failed (Debian: install python3-venv)' };
  }
  if (!run(python, ['-m', 'pip', 'install', '--quiet', requirement], limits.install)) {
    return { reason: `${requirement} could not be installed` };
  }
  writeFileSync(complete, `${requirement}\n`);
  return { python };
}

function run(program, args, seconds) {
  const options = { stdio: 'ignore', timeout: seconds * 1000, killSignal: 'SIGKILL' };
  return spawnSync(program, args, options).status === 0;
}
