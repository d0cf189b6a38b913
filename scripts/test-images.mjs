// Runs test/**/*.images.ts: images of two architectures are built, pushed to a real registry, read back and started. What
// that needs is installed first (image-machine.mjs); where it cannot be had the suite is skipped and says so. Plain
// JavaScript, because it starts before anything is known to work.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { prepareImages } from './image-machine.mjs';
import { prepareMachine } from './test-machine.mjs';

const machine = await prepareMachine();
const { reason, folder } = prepareImages();
const status = reason === undefined ? await runTests(folder) : skip(reason);
await machine.stop();
process.exit(status);

function skip(why) {
  console.log(`images skipped: ${why}.`);
  // One skipped test, for whoever adds up.
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0 };
  if (process.env.MUSTER_TEST_REPORT) writeFileSync(process.env.MUSTER_TEST_REPORT, JSON.stringify(none));
  return 0;
}

/** Not synchronous: Ctrl-C must reach the end of Docker. */
async function runTests(parts) {
  // Tests log in and out: not in the configuration of whoever runs them.
  const config = mkdtempSync(join(tmpdir(), 'muster-test-docker-'));
  writeFileSync(join(config, 'config.json'), '{}');
  symlinkSync(join(parts, 'cli-plugins'), join(config, 'cli-plugins'));
  const env = {
    ...process.env,
    DOCKER_CONFIG: config,
    MUSTER_TEST_IMAGES: parts,
    MUSTER_TEST_BUNDLED: '1',
    PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
  };
  const child = spawn('vitest', ['run', ...process.argv.slice(2)], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  const ended = await new Promise((done) => {
    child.once('error', (error) => {
      console.error(error.message);
      done(1);
    });
    child.once('close', (code) => done(code ?? 1));
  });
  rmSync(config, { recursive: true, force: true });
  return ended;
}
