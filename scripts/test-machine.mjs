// Makes a machine fit for the deep suites: Docker, where this is root's Debian or Ubuntu and has none. Everything has
// a time limit, and nothing that fails here fails the tests: what needs Docker is then skipped and says so.
// Plain JavaScript, because it starts before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Seconds. */
const limits = { answer: 10, update: 120, install: 300, start: 60, stop: 20 };

/** Starts Docker if need be; `stop` ends what was started here, and nothing else. */
export async function prepareMachine() {
  const nothing = { stop: async () => {} };
  if (answers()) return nothing;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !has('apt-get')) {
    return given('only root on Debian or Ubuntu can have it installed here');
  }
  if (!has('dockerd') && !install()) return given('docker.io could not be installed');
  return (await start()) ?? nothing;

  function given(why) {
    console.log(`Docker does not answer and ${why}: what needs it is skipped.`);
    return nothing;
  }
}

const answers = () => run('docker', ['version'], limits.answer, 'ignore');
const has = (program) => run('sh', ['-c', `command -v ${program}`], limits.answer, 'ignore');

function run(program, args, seconds, output = 'inherit') {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const stdio = ['ignore', output, output];
  const { status } = spawnSync(program, args, { stdio, env, timeout: seconds * 1000, killSignal: 'SIGKILL' });
  return status === 0;
}

function install() {
  console.log('Installing docker.io for the suites that need containers.');
  // An old list may still do.
  run('apt-get', ['update', '-q'], limits.update, 'ignore');
  const args = ['install', '-q', '-y', '--no-install-recommends', 'docker.io'];
  return run('apt-get', args, limits.install, 'ignore') && has('dockerd');
}

async function start() {
  const log = join(mkdtempSync(join(tmpdir(), 'muster-dockerd-')), 'dockerd.log');
  const output = openSync(log, 'w');
  // A session of its own: Ctrl-C reaches the tests, which still need it to clean up.
  const daemon = spawn('dockerd', [], { stdio: ['ignore', output, output], detached: true });
  daemon.on('error', () => {});
  let ended = false;
  const exited = new Promise((resolve) => daemon.once('close', resolve)).then(() => (ended = true));
  const stop = async () => {
    if (ended || daemon.pid === undefined) return;
    daemon.kill('SIGTERM');
    await Promise.race([exited, sleep(limits.stop * 1000, undefined, { ref: false })]);
    if (!ended) daemon.kill('SIGKILL');
  };
  const until = performance.now() + limits.start * 1000;
  while (!ended && performance.now() < until) {
    if (answers()) return { stop };
    await sleep(500);
  }
  await stop();
  const said = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-3).join('\n');
  console.log(`dockerd did not come up; what needs it is skipped. Its last lines:\n${said}`);
  return undefined;
}
