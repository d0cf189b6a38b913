// Runs test/conformance against moto, a model of AWS that nobody here wrote: makes a virtual environment for it (kept
// below node_modules), starts its server, runs the tests, stops the server. Where Python or its packages cannot be had
// the suite is skipped and says so. Plain JavaScript, because it starts before anything is known to work.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const moto = 'moto[server]==5.2.3';
const environment = resolve('node_modules/.cache/muster-conformance', moto.replaceAll(/[^\w.]+/g, '-'));
const python = join(environment, 'bin', 'python');
const complete = join(environment, 'complete');
/** Seconds. */
const limits = { answer: 10, make: 120, install: 600, start: 60, stop: 10 };

const reason = prepare();
if (reason !== undefined) skip(reason);
const folder = mkdtempSync(join(tmpdir(), 'muster-conformance-'));
const server = await start(join(folder, 'moto.log'));
if (server === undefined) {
  console.error(`The moto server did not come up. Its last lines: ${lastLines(join(folder, 'moto.log'))}`);
  process.exit(1);
}
const status = await runTests(server.url);
await server.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(status);

/** Why there is no moto, or `undefined`. */
function prepare() {
  // Kept from an earlier run; broken if Python itself was replaced since.
  if (existsSync(complete) && run(python, ['-c', 'import moto.server'], limits.start)) return undefined;
  if (!run('python3', ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 10))'], limits.answer)) {
    return 'python3 (3.10 or newer, with venv) is not here';
  }
  // A half-made one may be broken in any way.
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(environment, { recursive: true });
  console.log(`Making a virtual environment with ${moto}; kept in ${environment}.`);
  if (!run('python3', ['-m', 'venv', environment], limits.make)) {
    return 'python3 -m venv failed (Debian: install python3-venv)';
  }
  if (!run(python, ['-m', 'pip', 'install', '--quiet', moto], limits.install)) {
    return `${moto} could not be installed`;
  }
  writeFileSync(complete, `${moto}\n`);
  return undefined;
}

function run(program, args, seconds) {
  const options = { stdio: 'ignore', timeout: seconds * 1000, killSignal: 'SIGKILL' };
  return spawnSync(program, args, options).status === 0;
}

function skip(why) {
  console.log(`conformance skipped: ${why}.`);
  // One skipped test, for whoever adds up.
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0 };
  if (process.env.MUSTER_TEST_REPORT) writeFileSync(process.env.MUSTER_TEST_REPORT, JSON.stringify(none));
  process.exit(0);
}

async function start(log) {
  const port = await freePort();
  const output = openSync(log, 'w');
  const args = ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)];
  // Batch jobs of moto would start containers; what we ask of it needs none.
  const env = { ...process.env, MOTO_DOCKER_NETWORK_MODE: 'none' };
  const child = spawn(python, args, { stdio: ['ignore', output, output], env });
  child.on('error', () => {});
  let ended = false;
  const exited = new Promise((done) => child.once('close', done)).then(() => (ended = true));
  const stop = async () => {
    if (ended) return;
    child.kill('SIGTERM');
    await Promise.race([exited, sleep(limits.stop * 1000, undefined, { ref: false })]);
    if (!ended) child.kill('SIGKILL');
  };
  process.once('exit', () => child.kill('SIGKILL'));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  const url = `http://127.0.0.1:${port}`;
  const until = performance.now() + limits.start * 1000;
  while (!ended && performance.now() < until) {
    const answer = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (answer?.ok) return { url, stop };
    await sleep(200);
  }
  await stop();
  return undefined;
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Not synchronous: Ctrl-C must reach the server's end. */
async function runTests(url) {
  const env = {
    ...process.env,
    MUSTER_TEST_CONFORMANCE: url,
    PATH: `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
  };
  const child = spawn('vitest', ['run', ...process.argv.slice(2)], { stdio: 'inherit', env });
  const ended = await new Promise((done) => {
    child.once('error', (error) => {
      console.error(error.message);
      done(1);
    });
    child.once('close', (code) => done(code ?? 1));
  });
  return ended;
}

function lastLines(path) {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-3).join(' | ');
}
