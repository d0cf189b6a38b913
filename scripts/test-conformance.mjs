// Runs test/conformance against moto, a model of AWS that nobody here wrote: makes a virtual environment for it (kept
// below node_modules), starts its server, runs the tests, stops the server. Where Python or its packages cannot be had
// the suite is skipped and says so. Plain JavaScript, because it starts before anything is known to work.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pythonEnvironment } from './python-environment.mjs';

/** Seconds. */
const limits = { start: 60, stop: 10 };

const { python, reason } = pythonEnvironment('moto[server]==5.2.3', 'moto.server');
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
