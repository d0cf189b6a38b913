// Runs test/workflows/*.act.ts: our workflows in a workflow runner on this machine (nektos/act in host mode), without
// docker and without a network. The runner is built from its Go module once and kept; where it cannot be had the suite is
// skipped and says so. Plain JavaScript, because it starts before anything is known to work.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const version = '0.2.87';
const folder = resolve('node_modules/.cache/muster-act', version);
const act = join(folder, 'act');
/** Seconds. */
const limits = { answer: 30, install: 900 };

const reason = prepare();
process.exit(reason === undefined ? await runTests() : skip(reason));

/** Why there is no act, or `undefined`. */
function prepare() {
  if (run(act, ['--version'], limits.answer)) return undefined;
  if (!run('git', ['--version'], limits.answer)) return 'git is not here';
  if (!run('go', ['version'], limits.answer)) return 'go is not here, and act is built from its Go module';
  mkdirSync(folder, { recursive: true });
  console.log(`Building act ${version}; kept in ${folder}.`);
  if (run('go', ['install', `github.com/nektos/act@v${version}`], limits.install)) return undefined;
  return `act ${version} could not be built from its Go module`;
}

function run(program, args, seconds) {
  const env = { ...process.env, GOBIN: folder };
  return (
    spawnSync(program, args, { stdio: 'ignore', timeout: seconds * 1000, killSignal: 'SIGKILL', env })
      .status === 0
  );
}

function skip(why) {
  console.log(`workflows skipped: ${why}.`);
  // One skipped test, for whoever adds up.
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0 };
  if (process.env.MUSTER_TEST_REPORT) writeFileSync(process.env.MUSTER_TEST_REPORT, JSON.stringify(none));
  return 0;
}

/** Not synchronous: Ctrl-C must reach the runner's end. */
async function runTests() {
  const env = {
    ...process.env,
    MUSTER_TEST_ACT: act,
    MUSTER_TEST_BUNDLED: '1',
    PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
  };
  const child = spawn('vitest', ['run', ...process.argv.slice(2)], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((done) => {
    child.once('error', (error) => {
      console.error(error.message);
      done(1);
    });
    child.once('close', (code) => done(code ?? 1));
  });
}
