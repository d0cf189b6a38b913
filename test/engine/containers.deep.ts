import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { JobRequest } from '../../src/engine/engine.ts';
import { askDocker } from '../../src/engine/local/container/docker.ts';
import { containerExit } from '../../src/engine/local/container/ended.ts';
import { localTag } from '../../src/engine/local/container/image.ts';
import type { LocalEngine } from '../../src/engine/local/local-engine.ts';
import { describeEngine } from '../contract/engine.ts';
import { containerSettings, openWithContainers } from './container-engine.ts';
import {
  containersOf,
  temporaryFolder,
  until,
  whyNoContainers,
  writeImageFolder,
} from './container-machine.ts';
import { countsOf, jobRequest, observed, openAt, type Wanted } from './local/local-harness.ts';

const why = await whyNoContainers();
if (why !== undefined) console.warn(why);

const images = await temporaryFolder();
/** Of the contract suite's requests and of ours. */
const demo = { name: 'demo', identity: 'a'.repeat(64) };
/** A tag of an earlier run would be taken for the image. */
const forget = (image = demo) => askDocker('docker', ['rmi', '--force', localTag(image)]);

if (why === undefined) {
  writeImageFolder(join(images.path, 'demo'));
  await forget();
} else {
  // Hooks do not run where every test is skipped.
  await images[Symbol.asyncDispose]();
}

afterAll(async () => {
  await images[Symbol.asyncDispose]();
  if (why === undefined) await forget();
});

async function submitTo(engine: LocalEngine, wanted: Wanted, changed: Partial<JobRequest> = {}) {
  const outcome = await engine.submit({ ...jobRequest(wanted), ...changed });
  if (outcome.outcome !== 'submitted') throw new Error(`not submitted: ${JSON.stringify(outcome)}`);
  return outcome.handle;
}

function open(directory: string, changed = {}): Promise<LocalEngine> {
  return openWithContainers(directory, containerSettings(images.path, { mounts: [directory], ...changed }));
}

describe.skipIf(why !== undefined)('slices in containers', () => {
  describeEngine('local, in containers', async () => {
    const folder = await temporaryFolder();
    const engine = await open(folder.path);
    const hosting = engine.host({ stay: true });
    return {
      ...{ engine, queue: 'local', otherQueue: 'other', until },
      async [Symbol.asyncDispose]() {
        await engine[Symbol.asyncDispose]();
        await hosting;
        await folder[Symbol.asyncDispose]();
      },
    };
  });

  describe('images', imageFacts);
  describe('endings', endingFacts);
  describe('hosts that are killed', killFacts);
});

function imageFacts(): void {
  test('an image is built once for the same content', async () => {
    await using folder = await temporaryFolder();
    const said: string[] = [];
    const once = { name: 'demo', identity: 'b'.repeat(64) };
    for (const _ of [1, 2]) {
      await using engine = await open(folder.path, { say: (line: string) => said.push(line) });
      await submitTo(engine, {}, { image: once });
    }
    await forget(once);
    expect(said).toHaveLength(1);
  });

  test('a folder that cannot be built refuses the submission, with what the builder said', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    mkdirSync(join(images.path, 'broken'), { recursive: true });
    writeFileSync(join(images.path, 'broken/Dockerfile'), 'FROM scratch\nCOPY no-such-file /\n');
    const outcome = await engine.submit({
      ...jobRequest({}),
      image: { name: 'broken', identity: 'c'.repeat(64) },
    });
    expect(outcome).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('no-such-file') });
    expect(await engine.find('job', 'local')).toEqual([]);
  });

  test('a folder that was mended is built at the next submission', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const image = { name: 'mended', identity: 'd'.repeat(64) };
    mkdirSync(join(images.path, 'mended'), { recursive: true });
    writeFileSync(join(images.path, 'mended/Dockerfile'), 'FROM scratch\nCOPY no-such-file /\n');
    await engine.submit({ ...jobRequest({}), image });
    writeImageFolder(join(images.path, 'mended'));
    const outcome = await engine.submit({ ...jobRequest({}), image });
    await forget(image);
    expect(outcome).toMatchObject({ outcome: 'submitted' });
  });

  test('an image without a C library refuses the submission, with what is needed', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const image = { name: 'bare', identity: 'e'.repeat(64) };
    mkdirSync(join(images.path, 'bare'), { recursive: true });
    writeFileSync(join(images.path, 'bare/Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
    const outcome = await engine.submit({ ...jobRequest({}), image });
    await forget(image);
    expect(outcome).toMatchObject({ outcome: 'rejected', reason: expect.stringContaining('glibc 2.28') });
  });

  test('an image that cannot run our Node runs the worker with its own', async () => {
    await using folder = await temporaryFolder();
    const image = { name: 'own', identity: 'f'.repeat(64) };
    writeImageFolder(join(images.path, 'own'), [process.execPath]);
    // As little a program of the image's system as ours is in Alpine.
    const foreign = join(folder.path, 'no-program');
    writeFileSync(foreign, 'no program', { mode: 0o755 });
    await using engine = await open(folder.path, { node: foreign });
    const handle = await submitTo(engine, {}, { image });
    await engine.host();
    await forget(image);
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 1 });
  });

  test('an image that is nowhere refuses the submission', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path, { folder: () => undefined });
    const name = `localhost:1/nowhere@sha256:${'0'.repeat(64)}`;
    const outcome = await engine.submit({ ...jobRequest({}), image: { name, identity: '0'.repeat(64) } });
    expect(outcome).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('cannot be pulled'),
    });
  });
}

/** A worker of its own for one test, as one file. */
function workerThat(folder: string, code: string): { readonly workerBundle: string } {
  const workerBundle = join(folder, 'worker.mjs');
  writeFileSync(workerBundle, code);
  return { workerBundle };
}

function endingFacts(): void {
  test('a slice that takes more memory than it asked for is killed, and the reason says so', async () => {
    await using folder = await temporaryFolder();
    const worker = workerThat(folder.path, 'const held = []; for (;;) held.push(Buffer.alloc(1e6, 1));');
    await using engine = await open(folder.path, worker);
    const handle = await submitTo(engine, { attempts: 3, resources: { memoryMib: 96 } });
    await engine.host();
    const [failure] = await engine.failures(handle, new Set());
    expect(failure).toMatchObject({ class: 'memory', reason: expect.stringContaining('all of its 96 MiB') });
  });

  test('a container that cannot be started is a failed start, with what Docker said', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const handle = await submitTo(engine, { resources: { memoryMib: 1 } });
    await engine.host();
    const [failure] = await engine.failures(handle, new Set());
    expect(failure).toMatchObject({ class: 'start', reason: expect.stringContaining('memory limit') });
  });

  test("the worker finds the image's own PATH, a home to write to and its variables", async () => {
    await using folder = await temporaryFolder();
    const seen = join(folder.path, 'seen.json');
    const code = `import { writeFileSync } from 'node:fs';
      const { PATH, HOME, MUSTER_VALUE, MUSTER_TEST_OUTSIDE } = process.env;
      writeFileSync(HOME + '/note', 'x');
      writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ PATH, MUSTER_VALUE, MUSTER_TEST_OUTSIDE }));`;
    process.env.MUSTER_TEST_OUTSIDE = 'of this process';
    await using engine = await open(folder.path, workerThat(folder.path, code));
    const value = 'two\nlines and "quotes"';
    const handle = await submitTo(engine, { environment: { MUSTER_VALUE: value } });
    await engine.host();
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 1 });
    expect(JSON.parse(readFileSync(seen, 'utf8'))).toEqual({
      PATH: '/usr/local/bin:/bin',
      MUSTER_VALUE: value,
    });
  });

  test('nothing is left of a job that ended, neither container nor work', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const handle = await submitTo(engine, { size: 3, script: { 1: ['exit 1'], default: ['exit 0'] } });
    await engine.host();
    expect(await containersOf(handle.jobId)).toEqual([]);
    expect(readdirSync(join(folder.path, 'work'))).toEqual([]);
  });

  test('a container that someone else kills takes its client with it', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const handle = await submitTo(engine, { script: { default: ['sleep'] } });
    const hosting = engine.host();
    await until(async () => (await containersOf(handle.jobId)).length === 1);
    await until(
      async () => (await askDocker('docker', ['kill', ...(await containersOf(handle.jobId))])).code === 0,
    );
    await hosting;
    expect(await countsOf(engine, handle)).toMatchObject({ failed: 1 });
  });

  test('the container of a client that was killed is removed, also where its processes cannot be seen', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    await engine.prepareImage(demo);
    const name = `muster-test-${process.pid}`;
    const label = `muster.job=${name}`;
    await askDocker('docker', [
      'run',
      '-d',
      '--name',
      name,
      '--label',
      label,
      localTag(demo),
      'sleep',
      '1000',
    ]);
    const before = await containersOf(name);
    const exit = { exitCode: 137, killed: true };
    const ended = { docker: 'docker', name, startedAt: new Date(), memoryMib: 1, log: '/dev/null' };
    expect(await containerExit(ended, exit)).toEqual(exit);
    expect(before).toHaveLength(1);
    expect(await containersOf(name)).toEqual([]);
  });

  test('a slice in a container gets the signal that asks it to stop', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const handle = await submitTo(engine, { script: { default: ['finish'] } });
    const leave = new AbortController();
    const hosting = engine.host({ signal: leave.signal });
    await until(async () => (await engine.logTail(handle, 0, 1)).length > 0);
    leave.abort();
    await hosting;
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 1 });
  });

  test('a client that someone kills leaves no container', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const handle = await submitTo(engine, {
      script: { default: ['stubborn'] },
      environment: { TEST_DEAF: '1' },
    });
    const pids: number[] = [];
    const hosting = engine.host({
      onEvent: (event) => {
        if (event.event === 'spawned') pids.push(event.pid);
      },
    });
    await until(async () => (await engine.logTail(handle, 0, 1)).length > 0);
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await hosting;
    expect(await containersOf(handle.jobId)).toEqual([]);
  });
}

/** A host in a process of its own. */
function spawnHost(directory: string): ChildProcess & Disposable {
  const script = join(import.meta.dirname, 'container-host.ts');
  const host = spawn(process.execPath, [script, directory, images.path], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return Object.assign(host, { [Symbol.dispose]: () => void host.kill('SIGKILL') });
}

async function kill(host: ChildProcess): Promise<void> {
  host.kill('SIGKILL');
  await once(host, 'exit');
}

const startsIn = (journal: string) =>
  existsSync(journal)
    ? readFileSync(journal, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('start'))
    : [];

function killFacts(): void {
  test('leave no container: the lifeline goes through Docker', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const handle = await submitTo(engine, { size: 2, script: { default: ['sleep'] } });
    using host = spawnHost(folder.path);
    await until(async () => (await containersOf(handle.jobId)).length === 2);
    await kill(host);
    await until(async () => (await containersOf(handle.jobId)).length === 0);
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 0, failed: 0 });
  });

  test('have their deaf containers removed before the next attempt starts', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const journal = join(folder.path, 'journal');
    const handle = await submitTo(engine, {
      script: { default: ['stubborn', 'exit 0'] },
      environment: { TEST_JOURNAL: journal, TEST_DEAF: '1' },
    });
    using host = spawnHost(folder.path);
    await until(() => startsIn(journal).length === 1);
    await kill(host);
    const before = await containersOf(handle.jobId);
    await engine.host();
    expect(before).toHaveLength(1);
    expect(await containersOf(handle.jobId)).toEqual([]);
    expect(startsIn(journal)).toEqual(['start 0 1', 'start 0 2']);
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 1 });
  });

  test('have a container removed that was created and never started', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const handle = await submitTo(engine, { script: { default: ['sleep', 'exit 0'] } });
    using host = spawnHost(folder.path);
    await until(async () => (await containersOf(handle.jobId)).length === 1);
    const label = `muster.job=${handle.jobId}`;
    await askDocker('docker', ['create', '--label', label, localTag(demo), 'sleep', '1']);
    await kill(host);
    await engine.host();
    expect(await containersOf(handle.jobId)).toEqual([]);
  });

  test('can be cancelled by a process that was not opened for containers', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const handle = await submitTo(engine, {
      size: 3,
      script: { default: ['stubborn'] },
      environment: { TEST_DEAF: '1' },
    });
    using host = spawnHost(folder.path);
    await until(async () => (await containersOf(handle.jobId)).length === 2);
    await kill(host);
    await using other = await openAt(folder.path);
    await other.cancel(handle, 'no longer wanted');
    expect(await containersOf(handle.jobId)).toEqual([]);
    expect(await observed(other, handle)).toMatchObject({ state: 'ended', counts: { failed: 3 } });
  });

  test('are followed by one that goes on in containers, whatever it was opened for', async () => {
    await using folder = await temporaryFolder();
    await using engine = await open(folder.path);
    const handle = await submitTo(engine, { script: { default: ['sleep', 'exit 0'] } });
    using host = spawnHost(folder.path);
    await until(async () => (await containersOf(handle.jobId)).length === 1);
    await kill(host);
    await using next = await open(folder.path, { forNewJobs: false });
    await next.host();
    expect(await countsOf(next, handle)).toMatchObject({ succeeded: 1 });
  });
}
