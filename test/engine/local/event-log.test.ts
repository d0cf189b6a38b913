import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openEventLog, readEvents } from '../../../src/engine/local/event-log.ts';
import type { JobEvent } from '../../../src/engine/local/job-record.ts';
import { openJobTable } from '../../../src/engine/local/job-table.ts';
import { jobRequest, temporaryFolder } from './local-harness.ts';

const at = '2026-01-01T00:00:00.000Z';
const started = (child: number): JobEvent => ({ event: 'started', child, attempt: 1, at });

test('a reader goes on where it stopped', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'events.jsonl');
  using log = openEventLog(path);
  log.append(started(0));
  const first = readEvents(path, 0);
  log.append(started(1));
  expect(first.events).toEqual([started(0)]);
  expect(readEvents(path, first.offset).events).toEqual([started(1)]);
});

test('a line that is still being written is read once it is whole', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'events.jsonl');
  const line = `${JSON.stringify(started(5))}\n`;
  appendFileSync(path, line.slice(0, 20));
  const early = readEvents(path, 0);
  appendFileSync(path, line.slice(20));
  expect(early.events).toEqual([]);
  expect(readEvents(path, early.offset).events).toEqual([started(5)]);
});

test('a torn line does not swallow the next one', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'events.jsonl');
  appendFileSync(path, '{"event":"sta');
  using log = openEventLog(path);
  log.append(started(2));
  expect(readEvents(path, 0).events).toEqual([started(2)]);
});

test('a closed log refuses to write into what may be another file by now', async () => {
  await using folder = await temporaryFolder();
  const log = openEventLog(join(folder.path, 'events.jsonl'));
  log[Symbol.dispose]();
  expect(() => log.append(started(0))).toThrow('closed');
});

test('a job that was never wholly written is no job', async () => {
  await using folder = await temporaryFolder();
  const table = openJobTable(folder.path);
  mkdirSync(join(folder.path, 'jobs', '.draft-00000000-0000-4000-8000-000000000000'));
  expect(table.ids()).toEqual([]);
});

test('the first wish to cancel stands', async () => {
  await using folder = await temporaryFolder();
  const table = openJobTable(folder.path);
  const { id } = table.add(jobRequest({}), { definition: 'local/demo' }, new Date(at));
  table.cancel(id, { reason: 'first', at });
  table.cancel(id, { reason: 'second', at });
  expect(table.cancelled(id)?.reason).toBe('first');
});

const fillLog = `
  import { truncateSync } from 'node:fs';
  import { openEventLog, readEvents } from ${JSON.stringify(join(import.meta.dirname, '../../../src/engine/local/event-log.ts'))};
  const path = process.argv[1];
  const started = (child) => ({ event: 'started', child, attempt: 1, at: '${at}' });
  const log = openEventLog(path);
  let appended = 0;
  try { for (;;) { log.append(started(appended)); appended += 1; } } catch {}
  const kept = readEvents(path, 0).events.length;
  // Room again, behind a piece of the line that was torn.
  const line = JSON.stringify(started(0)).length + 1;
  truncateSync(path, 2 * line + 5);
  log.append(started(99));
  console.log(appended - kept);`;

test('a disk that fills in the middle of a line is noticed at that line, and costs no other', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'events.jsonl');
  // The limit of a file's size (POSIX: units of 512 bytes, bash: 1,024) tears a write as a full disk does.
  const script = `trap '' XFSZ; ulimit -f 1; exec "$@"`;
  const node = [process.execPath, '--input-type=module', '-e', fillLog, path];
  const said = execFileSync('sh', ['-c', script, 'sh', ...node], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(readEvents(path, 0).events).toEqual([started(0), started(1), started(99)]);
  expect(said).toBe('0\n');
});
