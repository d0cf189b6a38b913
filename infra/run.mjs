// `npm run infra -- synth | diff | check | deploy | destroy | docs | test`: installs what infra/ needs on first use, then runs the command line of
// CDK on the app. Plain JavaScript, because it starts before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const installed = `${here}node_modules/.package-lock.json`;
const modified = (path) => statSync(path).mtimeMs;
const [command = 'synth', ...more] = process.argv.slice(2);

if (!existsSync(installed) || modified(installed) < modified(`${here}package-lock.json`)) {
  const npm = run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  if (npm !== 0) {
    console.error('npm install in infra/ failed: the lines above say why. It needs the npm registry once.');
    process.exit(npm);
  }
}
process.exit(await commands());

function commands() {
  switch (command) {
    case 'synth':
      // The template is in infra/cdk.out; on the screen it would hide everything else.
      return cdk('synth', '--quiet', ...more);
    case 'diff':
      return cdk('diff', ...more);
    case 'check':
      return run(process.execPath, ['check-deployment.ts']);
    case 'deploy':
      return run(process.execPath, ['check-deployment.ts']) || cdk('deploy', '--all', ...more);
    case 'destroy':
      return cdk('destroy', '--all', ...more);
    case 'docs':
      return run(process.execPath, ['write-docs.ts', ...more]);
    case 'test':
      return test();
    default:
      console.error(
        `npm run infra -- synth | diff | check | deploy | destroy | docs | test, not ${command}. See docs/infra.md.`,
      );
      return 2;
  }
}

/** Types, templates, rules. cfn-lint is of Python: where there is none, its test is skipped and says so. */
async function test() {
  const typed = run(process.execPath, ['../node_modules/typescript/bin/tsc', '-p', '.']);
  const made = cdk('synth', '--quiet');
  const { pythonEnvironment } = await import('../scripts/python-environment.mjs');
  const { python, reason } = pythonEnvironment('cfn-lint==1.58.0', 'cfnlint');
  if (python !== undefined) process.env.MUSTER_TEST_CFN_LINT = python;
  else console.log(`cfn-lint skipped: ${reason}.`);
  return run(process.execPath, ['../node_modules/vitest/vitest.mjs', 'run', ...more]) || typed || made;
}

/** It asks nobody for news, sends no statistics, and looks nothing up. */
function cdk(...words) {
  const quiet = ['--no-notices', '--no-version-reporting', '--no-lookups', '--no-path-metadata'];
  const app = ['--app', `"${process.execPath}" app.ts`];
  return run(process.execPath, ['node_modules/aws-cdk/bin/cdk', ...words, ...app, ...quiet]);
}

function run(program, args) {
  const env = { ...process.env, CDK_DISABLE_VERSION_CHECK: '1', CDK_DISABLE_CLI_TELEMETRY: 'true' };
  const { status, error } = spawnSync(program, args, { cwd: here, stdio: 'inherit', env });
  if (error) console.error(error.message);
  return status ?? 1;
}
