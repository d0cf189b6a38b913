import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConfigurationError, RemoteError } from '../../src/errors.ts';
import { openDirectoryStore } from '../../src/store/directory.ts';
import type { Store } from '../../src/store/store.ts';
import { entriesOf, type Finding } from '../../src/worker/entries.ts';
import { FragmentWriter } from '../../src/worker/fragments.ts';
import { aRun, combination, output, run } from './a-run.ts';

const writes = {
  script: `fs.writeFileSync('out', 'x');`,
  program: { outputs: [output({ path: 'out' })] },
};

/** A store in which some calls fail. */
function failing(broken: (store: Store) => Partial<Store>) {
  return {
    openStore: (url: string): Store => {
      const store = openDirectoryStore(new URL(url).pathname);
      return { ...store, ...broken(store) };
    },
  };
}

const refused = (cause?: NodeJS.ErrnoException) =>
  new RemoteError({ service: 's3', operation: 'PutObject' }, 'access denied', { cause });

const denied = () =>
  new RemoteError({ service: 'S3', operation: 'PutObject', denied: true }, 'access denied');

describe('a store that refuses for want of a right', () => {
  it('an output makes the combination fail for good, and names whose right it is', async () => {
    const its = await aRun(writes);
    const deps = failing((store) => ({
      putFile: async (key, path) => {
        if (key.endsWith('/out')) throw denied();
        return await store.putFile(key, path);
      },
    }));
    expect((await its.start({ deps })).code).toBe(1);
    const { failure } = await its.entry();
    expect(failure).toMatchObject({ class: 'store', again: false });
    expect(failure?.message).toMatch(/`roles\.job` in muster\.yaml.*access denied/);
  });

  it('the fragment makes the worker end with 1: no attempt could store it', async () => {
    const its = await aRun(writes);
    const deps = failing((store) => ({
      put: async (key, bytes, condition) => {
        if (key.includes('/fragments/')) throw denied();
        return await store.put(key, bytes, condition);
      },
    }));
    const { code, log } = await its.start({ deps });
    expect(code).toBe(1);
    expect(log.join('\n')).toContain('roles.job');
  });
});

describe('a store that fails', () => {
  it('to take an output makes the combination fail, and another attempt worth it', async () => {
    const its = await aRun(writes);
    const deps = failing((store) => ({
      putFile: async (key, path) => {
        if (key.endsWith('/out')) throw refused();
        return await store.putFile(key, path);
      },
    }));
    expect((await its.start({ deps })).code).toBe(75);
    expect((await its.entry()).failure).toMatchObject({
      class: 'store',
      message: 'the store failed: access denied',
      again: true,
    });
  });

  it('to take one of many outputs is not asked to take the rest, while the next combination runs', async () => {
    const its = await aRun({
      script: `for (let n = 0; n < 40; n += 1) fs.writeFileSync('out' + n, 'x');`,
      program: { outputs: [output({ path: 'out*', min: 40 })] },
    });
    let asked = 0;
    let busy = 0;
    const deps = failing((store) => ({
      putFile: async (key, path) => {
        if (key.endsWith('program.log.gz')) {
          expect(busy).toBe(0);
          return await store.putFile(key, path);
        }
        asked += 1;
        busy += 1;
        const mine = asked;
        await sleep(mine === 1 ? 5 : 50);
        busy -= 1;
        throw refused();
      },
    }));
    expect((await its.start({ deps })).code).toBe(75);
    expect(asked).toBe(8);
    expect(its.programLog(await its.entry())).toBe('');
  });

  it('because its disk is full is told apart', async () => {
    const its = await aRun(writes);
    const deps = failing(() => ({
      putFile: async () => {
        throw refused(Object.assign(new Error('write'), { code: 'ENOSPC' }));
      },
    }));
    expect((await its.start({ deps })).code).toBe(75);
    expect((await its.entry()).failure).toMatchObject({ class: 'disk', again: true });
  });

  it('to take the fragment makes the worker exit 75 and say so', async () => {
    const its = await aRun(writes);
    const deps = failing((store) => ({
      put: async (key, bytes, condition) => {
        if (key.includes('/fragments/')) throw refused();
        return await store.put(key, bytes, condition);
      },
    }));
    const { code, log } = await its.start({ deps });
    expect(code).toBe(75);
    expect(log.join('\n')).toContain('the fragment could not be written: the store failed: access denied');
  });

  it('to give the records makes the worker exit 75 without working', async () => {
    const its = await aRun(writes);
    const deps = failing(() => ({
      get: async () => {
        throw refused();
      },
    }));
    expect((await its.start({ deps })).code).toBe(75);
    expect(await its.fragments()).toEqual([]);
  });

  it('to say whether the run is cancelled does not stop the work', async () => {
    const its = await aRun(writes);
    const deps = failing((store) => ({
      get: async (key, range) => {
        if (key.endsWith('state.json')) throw refused();
        return await store.get(key, range);
      },
    }));
    expect((await its.start({ deps })).code).toBe(0);
  });

  it('of a kind that is not known is no reason for another attempt', async () => {
    const its = await aRun(writes);
    const deps = {
      openStore: () => {
        throw new ConfigurationError({ file: 'environment', message: 'the store ftp://x is not known' });
      },
    };
    expect((await its.start({ deps })).code).toBe(1);
  });

  it('without the run’s record is no reason for another attempt', async () => {
    const its = await aRun(writes);
    const { code, log } = await its.start({ environment: { MUSTER_RUN: 'other-0123456789ab' } });
    expect(code).toBe(1);
    expect(log.join('\n')).toContain('runs/other-0123456789ab/run.json is not in the store');
  });
});

const worker = { version: 'test', host: 'h', platform: 'p' };
const header = { run, round: 0, array: 0, slice: 0, job: 'job-1', attempt: 1, worker, image: 'i' };

function entry(index: number) {
  const finding: Finding = {
    work: 'w',
    command: [],
    startedAt: new Date(0),
    endedAt: new Date(0),
    outputs: [],
    results: {},
    seconds: 1,
    totalSeconds: 1,
    cpuSeconds: null,
    peakMemoryBytes: null,
    diskBytes: 0,
    failure: null,
  };
  const [made] = entriesOf([combination(index)], finding);
  if (made === undefined) throw new Error('one combination gives one entry');
  return made;
}

describe('fragments', () => {
  it('hold at most 1,000 combinations, and only the last one says complete', async () => {
    const its = await aRun();
    const writer = new FragmentWriter(its.store, header, () => {});
    writer.add(Array.from({ length: 999 }, (_, index) => entry(index)));
    writer.add(Array.from({ length: 1002 }, (_, index) => entry(999 + index)));
    expect(await writer.close(true)).toBe(true);
    const parts = await its.fragments();
    expect(Math.max(...parts.map((one) => one.combinations.length))).toBe(1000);
    expect(parts.map((one) => one.complete)).toEqual(parts.map((_, at) => at === parts.length - 1));
    expect(parts.flatMap((one) => one.combinations.map(({ index }) => index))).toEqual(
      Array.from({ length: 2001 }, (_, index) => index),
    );
  });

  it('are written after 30 s although the next combination takes longer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const its = await aRun();
    const writer = new FragmentWriter(its.store, header, () => {});
    writer.add([entry(0)]);
    vi.advanceTimersByTime(29_000);
    expect(await its.fragments()).toEqual([]);
    vi.advanceTimersByTime(1_000);
    vi.useRealTimers();
    await expect.poll(its.fragments).toMatchObject([{ complete: false, combinations: [{ index: 0 }] }]);
  });

  it('are tried again after 30 s when the store failed, although the next combination takes longer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const its = await aRun();
    let tries = 0;
    const put: Store['put'] = async (...call) => {
      tries += 1;
      if (tries === 1) throw refused();
      return await its.store.put(...call);
    };
    const log: string[] = [];
    const writer = new FragmentWriter({ ...its.store, put }, header, (line) => void log.push(line));
    writer.add([entry(0)]);
    vi.advanceTimersByTime(30_000);
    await vi.waitUntil(() => log.length === 1);
    await vi.advanceTimersByTimeAsync(30_000);
    vi.useRealTimers();
    await expect.poll(its.fragments).toMatchObject([{ part: 0, combinations: [{ index: 0 }] }]);
  });

  it('whose answer was lost are not written a second time: each attempt counts once', async () => {
    const its = await aRun();
    let answers = 0;
    const put: Store['put'] = async (...call) => {
      const outcome = await its.store.put(...call);
      answers += 1;
      if (answers === 1) throw refused();
      return outcome;
    };
    const writer = new FragmentWriter({ ...its.store, put }, header, () => {});
    writer.add([entry(0)]);
    expect(await writer.close(false)).toBe(false);
    writer.add([entry(1)]);
    expect(await writer.close(true)).toBe(true);
    const parts = await its.fragments();
    expect(parts.map((one) => one.combinations.map(({ index }) => index))).toEqual([[0], [1]]);
    expect(parts.map((one) => one.complete)).toEqual([false, true]);
  });

  it('of an earlier process of the same attempt are left as they are', async () => {
    const its = await aRun({ combinations: 2 });
    const key = 'runs/spiral-0123456789ab/rounds/000/fragments/0000000/job-1-01-0000.json';
    await its.store.put(key, '{}', { kind: 'absent' });
    expect((await its.start()).code).toBe(0);
    const stored = await its.store.get(key.replace('0000.json', '0001.json'));
    expect(JSON.parse(Buffer.from(stored?.bytes ?? []).toString())).toMatchObject({
      part: 1,
      combinations: [{ index: 0 }, { index: 1 }],
    });
  });
});
