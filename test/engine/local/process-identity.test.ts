import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bornOf } from '../../../src/engine/local/process-identity.ts';
import { until } from './local-harness.ts';

test('the same process was always born at the same time', () => {
  expect(bornOf(process.pid)).toBe(bornOf(process.pid));
});

test('a process that ended was never born', async () => {
  const ended = spawn('true');
  await once(ended, 'exit');
  expect(bornOf(ended.pid ?? 0)).toBeUndefined();
});

test.skipIf(process.platform !== 'linux')('a zombie counts as ended (needs /proc)', async () => {
  // The shell becomes a program that never looks after the child it inherits.
  const parent = spawn('sh', ['-c', 'sleep 0.05 & exec sleep 3600']);
  const children = `/proc/${parent.pid}/task/${parent.pid}/children`;
  const stat = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8');
  await until(() => readFileSync(children, 'utf8') !== '');
  const child = Number.parseInt(readFileSync(children, 'utf8'), 10);
  await until(() => stat(child).includes(') Z '));
  expect(bornOf(child)).toBeUndefined();
  parent.kill('SIGKILL');
});
