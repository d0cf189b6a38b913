// Makes `npm test` and `npm run demo` work in a fresh clone: installs the locked dependencies (and with them
// the Node of the actions) when node_modules is absent or older than the lock file. Plain JavaScript, because
// it runs on whatever Node the machine has.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const installed = 'node_modules/.package-lock.json';
const modified = (path) => statSync(path).mtimeMs;

if (!existsSync(installed) || modified(installed) < modified('package-lock.json')) {
  // Not `npm ci`: it insists on optional packages of every platform, which a mirror need not have.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawnSync('npm', args, { stdio: 'inherit' });
  if (npm.status !== 0) {
    console.error(
      'npm install failed: the lines above say why. Muster needs the npm registry once, to install.',
    );
    process.exit(npm.status ?? 1);
  }
}
