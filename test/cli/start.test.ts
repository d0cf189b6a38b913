import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toyPlace } from './place.ts';

const house = join(import.meta.dirname, '../..');

/** Prints the address of every module that is loaded. */
const watch = `data:text/javascript,${encodeURIComponent(
  `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { process.stderr.write('loaded ' + url + '\\n'); return next(url, context); } });`,
)}`;

/** Without an environment: nobody's region or credentials lead a test to AWS. */
function loadedBy(root: string, script: string, ...args: readonly string[]): readonly string[] {
  const command = ['--import', watch, join(house, 'src', script), ...args];
  const { stderr } = spawnSync(process.execPath, command, { cwd: root, env: {}, encoding: 'utf8' });
  return stderr.split('\n').filter((line) => line.startsWith('loaded '));
}

it.each([
  ['the version', 'cli/index.ts', ['--version']],
  ['a plan for this machine', 'cli/index.ts', ['plan', 'toy']],
  ['the list of a folder', 'cli/index.ts', ['ls']],
  ['a worker that starts', 'worker/index.ts', []],
])('nothing of AWS is read for %s', (_what, script, args) => {
  using place = toyPlace();
  const loaded = loadedBy(place.root, script, ...args);
  expect(loaded.length).toBeGreaterThan(20);
  expect(loaded.filter((line) => /@aws-sdk|@smithy|src\/store\/s3/.test(line))).toEqual([]);
});

it('the SDK is seen where a bucket is asked', () => {
  using place = toyPlace();
  const loaded = loadedBy(place.root, 'cli/index.ts', 'ls', '--store', 's3://lab/x');
  expect(loaded.some((line) => line.includes('@aws-sdk/client-s3'))).toBe(true);
});
