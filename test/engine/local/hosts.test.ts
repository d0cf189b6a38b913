import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { countsOf, observed, openAt, patience, submitTo, temporaryFolder, until } from './local-harness.ts';

/** A host in a process of its own. */
function spawnHost(
  directory: string,
  ...lifeline: string[]
): ChildProcess & Disposable & { readonly output: () => string } {
  const host = spawn(
    process.execPath,
    [join(import.meta.dirname, 'host-script.ts'), directory, ...lifeline],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  host.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  return Object.assign(host, { output: () => output, [Symbol.dispose]: () => void host.kill('SIGKILL') });
}

/** Processes whose environment holds the mark, zombies excluded (theirs is empty). */
function processesWith(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
      } catch {
        return false;
      }
    });
}

const journalOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []);
const starts = (path: string) => journalOf(path).filter((line) => line.startsWith('start'));

describe.skipIf(process.platform !== 'linux')('a host that is killed (needs /proc)', () => {
  test('leaves no worker and no program behind', async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path);
    const handle = await submitTo(engine, {
      size: 2,
      script: { default: ['sleep'] },
      environment: { TEST_PROGRAM: '3600' },
    });
    using host = spawnHost(folder.path);
    await until(() => processesWith(handle.jobId).length === 4);
    host.kill('SIGKILL');
    await until(() => processesWith(handle.jobId).length === 0);
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 0, failed: 0 });
  });

  test('is followed by one that finishes, with new attempt numbers and nothing run twice', async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path);
    const journal = join(folder.path, 'journal');
    const handle = await submitTo(engine, {
      size: 4,
      attempts: 1,
      script: { 1: ['sleep', 'exit 0'], 2: ['sleep', 'exit 0'], default: ['exit 0'] },
      environment: { TEST_JOURNAL: journal },
    });
    using host = spawnHost(folder.path);
    await until(async () => (await countsOf(engine, handle)).running === 2 && starts(journal).length === 3);
    host.kill('SIGKILL');
    await once(host, 'exit');
    await engine.host();
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 4, failed: 0 });
    expect(starts(journal).sort()).toEqual([
      'start 0 1',
      'start 1 1',
      'start 1 2',
      'start 2 1',
      'start 2 2',
      'start 3 1',
    ]);
  });

  test('has its deaf workers killed before the next attempt starts', async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path);
    const journal = join(folder.path, 'journal');
    const handle = await submitTo(engine, {
      script: { default: ['stubborn', 'exit 0'] },
      environment: { TEST_JOURNAL: journal, TEST_DEAF: '1', TEST_PROGRAM: '3600' },
    });
    using host = spawnHost(folder.path);
    await until(() => processesWith(handle.jobId).length === 2);
    const orphans = processesWith(handle.jobId);
    host.kill('SIGKILL');
    await once(host, 'exit');
    const alive: number[] = [];
    await engine.host({
      onEvent: (event) => {
        if (event.event === 'started') alive.push(...processesWith(handle.jobId));
      },
    });
    expect(orphans).toHaveLength(2);
    expect(readdirSync(join(folder.path, 'work'))).toEqual([]);
    expect(alive).toEqual([]);
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 1 });
  });

  test('does not use up attempts of the slices it took with it', async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path);
    const handle = await submitTo(engine, {
      attempts: 2,
      script: { default: ['sleep', 'exit 75', 'exit 1'] },
    });
    using host = spawnHost(folder.path);
    await until(async () => (await countsOf(engine, handle)).running === 1);
    host.kill('SIGKILL');
    await once(host, 'exit');
    await engine.host();
    const [failure] = await engine.failures(handle, new Set());
    expect(failure?.attempts.map(({ exitCode }) => exitCode)).toEqual([undefined, 75, 1]);
  });

  test('can be cancelled by a process that does not host', async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path);
    const handle = await submitTo(engine, {
      size: 3,
      script: { default: ['stubborn'] },
      environment: { TEST_DEAF: '1' },
    });
    using host = spawnHost(folder.path);
    await until(() => processesWith(handle.jobId).length === 2);
    host.kill('SIGKILL');
    await once(host, 'exit');
    await engine.cancel(handle, 'no longer wanted');
    expect(processesWith(handle.jobId)).toEqual([]);
    expect(await observed(engine, handle)).toMatchObject({ state: 'ended', counts: { failed: 3 } });
  });
});

describe.skipIf(process.platform !== 'linux')(
  'hosts killed again and again at any moment (needs /proc)',
  () => {
    test('run every slice to its end: no attempt twice, no two of a slice together, no success again', async () => {
      await using folder = await temporaryFolder();
      await using engine = await openAt(folder.path, { patience: { ...patience, lifeline: 20_000 } });
      const journal = join(folder.path, 'journal');
      const handle = await submitTo(engine, {
        size: 30,
        script: { default: ['exit 0'] },
        environment: { TEST_JOURNAL: journal, TEST_WORK_MS: '40' },
      });
      for (let kill = 0; kill < 6; kill++) {
        using host = spawnHost(folder.path);
        await until(() => host.output() !== '' || host.exitCode !== null);
        await sleep(Math.random() * 150);
        host.kill('SIGKILL');
      }
      await engine.host();
      expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 30 });
      expect(new Set(starts(journal)).size).toBe(starts(journal).length);
      expect(overlaps(journalOf(journal))).toEqual([]);
      const events = readFileSync(join(folder.path, 'jobs', handle.jobId, 'events.jsonl'), 'utf8');
      expect(startedAfterSuccess(events)).toEqual([]);
    });
  },
);

/** Starts of a slice while an earlier attempt of it had not ended. */
function overlaps(lines: readonly string[]): string[] {
  const open = new Set<string>();
  return lines.filter((line) => {
    const [what, child = ''] = line.split(' ');
    if (what === 'end') open.delete(child);
    const isOverlap = what === 'start' && open.has(child);
    if (what === 'start') open.add(child);
    return isOverlap;
  });
}

function startedAfterSuccess(events: string): number[] {
  const done = new Set<number>();
  const again: number[] = [];
  for (const line of events.split('\n')) {
    const event = parseWhole(line);
    if (event?.event === 'started' && done.has(event.child)) again.push(event.child);
    if (event?.event === 'stopped' && event.exitCode === 0) done.add(event.child);
  }
  return again;
}

function parseWhole(line: string): { event: string; child: number; exitCode?: number } | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

describe('hosts', () => {
  test('one of two hosts works, the other waits until all is done', async () => {
    await using folder = await temporaryFolder();
    await using first = await openAt(folder.path);
    await using second = await openAt(folder.path);
    const journal = join(folder.path, 'journal');
    const handle = await submitTo(first, {
      size: 6,
      environment: { TEST_JOURNAL: journal, TEST_WORK_MS: '50' },
    });
    const events: string[] = [];
    const host = (engine: typeof first, name: string) => engine.host({ onEvent: () => events.push(name) });
    await Promise.all([host(first, 'first'), host(second, 'second')]);
    expect(new Set(events).size).toBe(1);
    expect(starts(journal)).toHaveLength(6);
    expect(await countsOf(second, handle)).toMatchObject({ succeeded: 6 });
  });

  test('a waiting host takes over from one that dies', async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path);
    const handle = await submitTo(engine, { script: { default: ['sleep', 'exit 0'] } });
    using host = spawnHost(folder.path);
    await until(async () => (await countsOf(engine, handle)).running === 1);
    const waiting = engine.host();
    host.kill('SIGKILL');
    await waiting;
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 1 });
  });

  test('a host takes up what other processes submit while it works', async () => {
    await using folder = await temporaryFolder();
    await using host = await openAt(folder.path);
    await using other = await openAt(folder.path);
    const hosting = host.host({ stay: true });
    hosting.catch(() => undefined);
    await until(() => host.isHosted());
    const handle = await submitTo(other, {});
    await until(async () => (await countsOf(other, handle)).succeeded === 1);
    expect(await other.isHosted()).toBe(true);
  });

  test('a host stops what another process cancels', async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path);
    const handle = await submitTo(engine, { size: 2, script: { default: ['sleep'] } });
    using host = spawnHost(folder.path);
    await until(async () => (await countsOf(engine, handle)).running === 2);
    await engine.cancel(handle, 'enough');
    await once(host, 'exit');
    expect(await observed(engine, handle)).toMatchObject({ state: 'ended', reason: 'enough' });
    expect(host.output()).toContain('left');
  });

  test('Ctrl-C interrupts what runs; the next host goes on without counting the attempt', async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path);
    const handle = await submitTo(engine, { attempts: 1, size: 2, script: { default: ['sleep', 'exit 0'] } });
    using host = spawnHost(folder.path);
    await until(async () => (await countsOf(engine, handle)).running === 2 && (await booted(engine, handle)));
    host.kill('SIGINT');
    await once(host, 'exit');
    expect(await countsOf(engine, handle)).toMatchObject({ runnable: 2, running: 0 });
    expect(await engine.isHosted()).toBe(false);
    await engine.host();
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 2 });
  });

  test('a slice that finishes although it was interrupted has succeeded', async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path);
    const handle = await submitTo(engine, { script: { default: ['finish'] } });
    using host = spawnHost(folder.path);
    await until(() => booted(engine, handle));
    host.kill('SIGINT');
    await once(host, 'exit');
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 1 });
  });

  test('a wish to cancel that comes while the host leaves is not forgotten', async () => {
    await using folder = await temporaryFolder();
    await using other = await openAt(folder.path);
    await using engine = await openAt(folder.path, {
      patience: { ...patience, retry: 1e9, longestRetry: 1e9 },
    });
    const handle = await submitTo(engine, { attempts: 2, script: { default: ['exit 75'] } });
    const leave = new AbortController();
    await engine.host({
      signal: leave.signal,
      onEvent: ({ event }) => {
        if (event !== 'stopped') return;
        void other.cancel(handle, 'enough');
        leave.abort();
      },
    });
    expect(await observed(engine, handle)).toMatchObject({ state: 'ended', reason: 'enough' });
  });

  test('the next slice starts when one ends, not at the next look at the table', async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path, { parallel: 1, patience: { ...patience, poll: 1e9 } });
    const handle = await submitTo(engine, { size: 3 });
    await engine.host();
    expect(await countsOf(engine, handle)).toMatchObject({ succeeded: 3 });
  });

  test('a job cancelled without any host ends at once', async () => {
    await using folder = await temporaryFolder();
    await using engine = await openAt(folder.path);
    const handle = await submitTo(engine, { size: 2 });
    await engine.cancel(handle, 'changed my mind');
    expect(await observed(engine, handle)).toMatchObject({ state: 'ended', counts: { failed: 2 } });
  });
});

/** Every child has printed its first line: its handlers are about to stand. */
async function booted(
  engine: Awaited<ReturnType<typeof openAt>>,
  handle: { jobId: string; queue: string; size: number },
) {
  for (let child = 0; child < handle.size; child++) {
    if ((await engine.logTail(handle, child, 1)).length === 0) return false;
  }
  return true;
}
