import { appendFileSync, chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { countsOf, observed, openAt, submitTo, temporaryFolder, until } from './local-harness.ts';

test('a worker killed from outside fails for lack of memory, says so, and is not tried again', async () => {
  await using folder = await temporaryFolder();
  await using engine = await openAt(folder.path);
  const handle = await submitTo(engine, { attempts: 3, script: { default: ['sleep'] } });
  await engine.host({ onEvent: (event) => event.event === 'spawned' && process.kill(event.pid, 'SIGKILL') });
  const [failure] = await engine.failures(handle, new Set());
  expect(failure).toMatchObject({ class: 'memory', attempts: [{ attempt: 1, exitCode: 137 }] });
  expect(failure?.reason).toBe('killed by SIGKILL: out of memory, or someone killed it');
});

test.skipIf(process.platform !== 'linux')(
  'a killed worker takes its program with it (needs /proc)',
  async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path);
    const seconds = `3600.${process.pid}`;
    const handle = await submitTo(engine, {
      script: { default: ['sleep'] },
      environment: { TEST_PROGRAM: seconds },
    });
    let worker = 0;
    const hosting = engine.host({
      onEvent: (event) => {
        if (event.event === 'spawned') worker = event.pid;
      },
    });
    // The program's own child has cleared its environment: only its group tells whose it is.
    const bare = `sleep\0${seconds}\0`;
    await until(() => whose('cmdline', bare).length === 1);
    process.kill(worker, 'SIGKILL');
    await hosting;
    expect(whose('environ', handle.jobId)).toEqual([]);
    expect(whose('cmdline', bare)).toEqual([]);
  },
);

test('a command that does not exist uses up the attempts and says what is missing', async () => {
  await using folder = await temporaryFolder();
  await using engine = await openAt(folder.path, { workerCommand: ['/no/such/worker'] });
  const handle = await submitTo(engine, { attempts: 2 });
  await engine.host();
  const [failure] = await engine.failures(handle, new Set());
  expect(failure).toMatchObject({ class: 'start', attempts: [{ attempt: 1 }, { attempt: 2 }] });
  expect(failure?.reason).toContain('/no/such/worker');
});

test('no more vCPUs run at once than allowed', async () => {
  await using folder = await temporaryFolder();
  await using engine = await openAt(folder.path, { parallel: 3 });
  await submitTo(engine, { size: 5, resources: { vcpus: 1.5 }, environment: { TEST_WORK_MS: '30' } });
  expect(await mostAtOnce(engine)).toBe(2);
});

test('a slice wider than the machine runs alone', async () => {
  await using folder = await temporaryFolder();
  await using engine = await openAt(folder.path, { parallel: 2 });
  const handle = await submitTo(engine, { size: 2, resources: { vcpus: 64 } });
  expect(await mostAtOnce(engine)).toBe(1);
  expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 2 });
});

test('a job keeps to its own `concurrent` limit and lets others pass', async () => {
  await using folder = await temporaryFolder();
  await using engine = await openAt(folder.path, { parallel: 2 });
  await submitTo(engine, {
    name: 'narrow',
    size: 3,
    resources: { concurrent: 1 },
    script: { default: ['exit 0'] },
  });
  await submitTo(engine, { name: 'free', size: 2 });
  const running = new Set<string>();
  let narrow = 0;
  const together = new Set<string>();
  await engine.host({
    onEvent: (event) => {
      if (!('child' in event)) return;
      const id = `${event.name}:${event.child}`;
      if (event.event === 'started') running.add(id);
      if (event.event === 'stopped') running.delete(id);
      narrow = Math.max(narrow, [...running].filter((other) => other.startsWith('narrow')).length);
      if (running.size === 2) for (const other of running) together.add(other.split(':')[0] ?? '');
    },
  });
  expect(narrow).toBe(1);
  expect([...together].sort()).toEqual(['free', 'narrow']);
});

test('the worker is told where to work, and finds the folder of its image', async () => {
  await using folder = await temporaryFolder();
  const print = 'console.log(JSON.stringify(process.env))';
  await using engine = await openAt(folder.path, {
    workerCommand: [process.execPath, '-e', print],
    imageBin: (image) => `/images/${image}/bin`,
  });
  const handle = await submitTo(engine, { environment: { MUSTER_RUN: 'run-7' } });
  await engine.host();
  const environment = JSON.parse((await engine.logTail(handle, 0, 1))[0] ?? '{}');
  expect(environment).toMatchObject({
    MUSTER_RUN: 'run-7',
    MUSTER_LIFELINE: 'stdin',
    MUSTER_PROGRAM_PATH: '/images/demo/bin',
    MUSTER_WORK_DIR: join(folder.path, 'work', `${handle.jobId.slice(-8)}-0-1`),
    NODE_COMPILE_CACHE: expect.any(String),
  });
});

test('what a killed worker left in its folder is removed', async () => {
  await using folder = await temporaryFolder();
  const litter = `
    const { mkdirSync, writeFileSync } = require('node:fs');
    mkdirSync(process.env.MUSTER_WORK_DIR + '/deep', { recursive: true });
    writeFileSync(process.env.MUSTER_WORK_DIR + '/deep/file', 'left');
    process.kill(process.pid, 'SIGKILL');`;
  await using engine = await openAt(folder.path, { workerCommand: [process.execPath, '-e', litter] });
  const handle = await submitTo(engine, {});
  await engine.host();
  expect(await countsOf(engine, handle)).toMatchObject({ failed: 1 });
  expect(readdirSync(join(folder.path, 'work'))).toEqual([]);
});

test.skipIf(process.getuid?.() === 0)(
  'a folder that cannot be removed stops nothing (not as root)',
  async () => {
    await using folder = await temporaryFolder();
    const sealed = `
    const { chmodSync, mkdirSync, writeFileSync } = require('node:fs');
    const deep = process.env.MUSTER_WORK_DIR + '/deep';
    mkdirSync(deep, { recursive: true });
    writeFileSync(deep + '/file', 'left');
    chmodSync(deep, 0o500);`;
    await using engine = await openAt(folder.path, { workerCommand: [process.execPath, '-e', sealed] });
    const handle = await submitTo(engine, {});
    await engine.host();
    chmodSync(join(folder.path, 'work', `${handle.jobId.slice(-8)}-0-1`, 'deep'), 0o700);
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 1 });
  },
);

test('a log without end is bounded and keeps its newest lines', async () => {
  await using folder = await temporaryFolder();
  const flood = `
    const { writeSync } = require('node:fs');
    const line = 'x'.repeat(1023) + '\\n';
    for (let i = 0; i < 20 * 1024; i++) writeSync(1, line);
    setTimeout(() => { writeSync(1, 'the last line\\n'); process.exit(0); }, 300);`;
  await using engine = await openAt(folder.path, { workerCommand: [process.execPath, '-e', flood] });
  const handle = await submitTo(engine, {});
  await engine.host();
  expect(await engine.logTail(handle, 0, 1)).toEqual(['the last line']);
  const log = join(folder.path, 'jobs', handle.jobId, 'logs', '0-1.log');
  expect(statSync(log).size).toBeLessThanOrEqual(8 * 2 ** 20);
  expect(readFileSync(log, 'utf8')).toContain('older lines were dropped');
});

test('a torn event is as if it had never been: that attempt is lost, not counted, and goes again', async () => {
  await using folder = await temporaryFolder();
  await using engine = await openAt(folder.path);
  const handle = await submitTo(engine, { size: 2, attempts: 1 });
  const events = join(folder.path, 'jobs', handle.jobId, 'events.jsonl');
  const at = new Date().toISOString();
  appendFileSync(events, `${JSON.stringify({ event: 'started', child: 0, attempt: 1, at })}\n`);
  appendFileSync(events, `{"event":"stopped","child":0,"attempt":1,"exitC`);
  expect(await countsOf(engine, handle)).toMatchObject({ running: 1 });
  await engine.host();
  expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 2 });
  const started = readFileSync(events, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"started","child":0'));
  expect(started.map((line) => JSON.parse(line).attempt)).toEqual([1, 2]);
});

test('a job whose folder was removed is gone, for good', async () => {
  await using folder = await temporaryFolder();
  await using engine = await openAt(folder.path);
  const handle = await submitTo(engine, {});
  await observed(engine, handle);
  rmSync(join(folder.path, 'jobs', handle.jobId), { recursive: true });
  expect(await observed(engine, handle)).toEqual({ state: 'gone' });
  expect(engine.limits.remembersDays).toBe(0);
});

test('a job of another folder is elsewhere, and its own folder knows it, whoever opens it', async () => {
  await using folder = await temporaryFolder();
  await using engine = await openAt(folder.path);
  const handle = await submitTo(engine, {});
  await using otherFolder = await temporaryFolder();
  await using other = await openAt(otherFolder.path);
  expect(await observed(other, handle)).toMatchObject({
    state: 'gone',
    elsewhere: expect.stringContaining(otherFolder.path),
  });
  await using again = await openAt(folder.path);
  expect(await observed(again, handle)).toMatchObject({ state: 'active' });
  rmSync(join(folder.path, 'jobs', handle.jobId), { recursive: true });
  expect(await observed(again, handle)).toEqual({ state: 'gone' });
});

test('a job id that is a path is never followed', async () => {
  await using folder = await temporaryFolder();
  await using engine = await openAt(folder.path);
  const handle = await submitTo(engine, {});
  const sly = { ...handle, jobId: `../jobs/${handle.jobId}` };
  expect((await engine.observe([sly])).get(sly.jobId)).toMatchObject({ state: 'gone' });
});

async function mostAtOnce(engine: Awaited<ReturnType<typeof openAt>>): Promise<number> {
  let running = 0;
  let most = 0;
  await engine.host({
    onEvent: ({ event }) => {
      if (event === 'started') running += 1;
      if (event === 'stopped') running -= 1;
      most = Math.max(most, running);
    },
  });
  return most;
}

/** Living processes whose environment or command line holds the text. */
function whose(file: 'environ' | 'cmdline', text: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/${file}`, 'latin1').includes(text);
    } catch {
      return false;
    }
  });
}
