// Runs every suite, goes on after a failure, and ends with one line: `N passed, N failed, N skipped`.
// Plain JavaScript, because it starts before anything is installed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareMachine } from './test-machine.mjs';

const reports = mkdtempSync(join(tmpdir(), 'muster-ci-'));
const sum = { passed: 0, failed: 0, skipped: 0 };

/** A suite of vitest counts its tests; any other command counts as one. */
function suite(title, command, { counts = false } = {}) {
  console.log(`\n== ${title}: ${command.join(' ')}`);
  const report = join(reports, `${title.replaceAll(/\W+/g, '-')}.json`);
  const env = counts ? { ...process.env, MUSTER_TEST_REPORT: report } : process.env;
  const [program, ...args] = command;
  const { status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  const counted = counts ? read(report) : undefined;
  if (counted === undefined) {
    sum[status === 0 ? 'passed' : 'failed'] += 1;
    return;
  }
  sum.passed += counted.numPassedTests;
  sum.skipped += counted.numPendingTests + counted.numTodoTests;
  // A suite that fails outside its tests (lint, types, a file that does not load) still fails.
  sum.failed += counted.numFailedTests || (status === 0 ? 0 : 1);
}

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

suite('npm test', ['npm', 'test'], { counts: true });
const machine = await prepareMachine();
suite('deep', ['npm', 'run', 'test:deep'], { counts: true });
suite('images', ['npm', 'run', 'test:images'], { counts: true });
await machine.stop();
suite('conformance', ['npm', 'run', 'test:conformance'], { counts: true });
suite('infra', ['npm', 'run', 'infra', '--', 'test'], { counts: true });
suite('demo', ['npm', 'run', 'demo']);
suite('docs are fresh', ['npm', 'run', 'docs', '--', '--check']);
suite('workflows', ['npm', 'run', 'lint:workflows']);
suite('workflow runner', ['npm', 'run', 'test:workflows'], { counts: true });

rmSync(reports, { recursive: true, force: true });
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed === 0 ? 0 : 1);
