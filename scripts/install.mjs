// Makes `npm test` and `npm run demo` work in a fresh clone: installs the locked dependencies (and with them
// the Node of the actions) when node_modules is absent or older than the lock file. Plain JavaScript, because
// it runs on whatever Node the machine has.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const installed = 'node_modules/.package-lock.json';
const modified = (path) => statSync(path).mtimeMs;

if (!existsSync(installed) || modified(installed) < modified('package-lock.json')) {
  const command = existsSync(installed) ? 'install' : 'ci';
  const npm = spawnSync('npm', [command, '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
  });
  if (npm.status !== 0) {
    console.error(
      `npm ${command} failed: the lines above say why. Muster needs the npm registry once, to install.`,
    );
    process.exit(npm.status ?? 1);
  }
}
