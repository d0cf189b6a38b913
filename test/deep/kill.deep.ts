import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Ended, Place } from '../cli/place.ts';
import {
  combinations,
  killPlace,
  publishedSet,
  randomNumbers,
  recordedSuccesses,
  runOf,
  startsOf,
  until,
} from './scene.ts';

/** Milliseconds from start to end of a run that nobody disturbs, and what it publishes. */
let usual = 0;
let undisturbed: ReturnType<typeof publishedSet>;

beforeAll(async () => {
  using place = killPlace();
  await place.muster('run', 'toy');
  using again = killPlace();
  const start = performance.now();
  const { code, stderr } = await again.muster('run', 'toy');
  usual = performance.now() - start;
  expect({ code, stderr }).toMatchObject({ code: 1 });
  undisturbed = publishedSet(again);
  expect(undisturbed.succeeded).toBe(combinations - 1);
}, 120_000);

/** The three promises, after the last of a row of runs has ended by itself. */
function expectWhole(place: Place, last: Ended): void {
  expect({ ...last, code: last.code }).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('17 of 18'),
  });
  expect(place.alive()).toEqual([]);
  expect(publishedSet(place)).toEqual(undisturbed);
  const starts = startsOf(place);
  for (const [label, at] of recordedSuccesses(place, (path) => statSync(path).mtimeMs)) {
    const late = (starts.get(label) ?? []).filter((start) => start > at);
    expect({ label, late }).toEqual({ label, late: [] });
  }
  expect(place.files('.muster/store/active')).toEqual([]);
}

/** Runs that were killed before they ended. */
let kills = 0;

/** Starts `muster run`, waits for the moment, and kills it with SIGKILL. */
async function killAt(place: Place, moment: () => Promise<unknown>): Promise<void> {
  const { child, ended } = place.start('run', 'toy');
  await Promise.race([moment(), ended]);
  if (child.kill('SIGKILL')) kills += 1;
  await ended;
}

describe('kill -9 of `muster run`, then the same command again', () => {
  it.each([1, 2, 3, 4, 5, 6])('at four random moments (seed %i) comes to the same end', async (seed) => {
    using place = killPlace();
    const random = randomNumbers(seed);
    for (let kill = 0; kill < 4; kill++) await killAt(place, () => sleep(random() * usual));
    expectWhole(place, await place.muster('run', 'toy'));
  });

  it.each([7, 8])('in a quick row (seed %i), before the workers of the last one are gone', async (seed) => {
    using place = killPlace();
    const random = randomNumbers(seed);
    for (let kill = 0; kill < 8; kill++) await killAt(place, () => sleep(usual * (0.15 + random() * 0.25)));
    expectWhole(place, await place.muster('run', 'toy'));
  });

  it('at every step of a launch, of the work and of a publication comes to the same end', async () => {
    using place = killPlace();
    const store = (path: string) => () => {
      const run = runOf(place);
      return run !== undefined && existsSync(join(place.root, '.muster/store/runs', run, path));
    };
    const has = (pattern: RegExp) => () => place.files('.muster/store').some((path) => pattern.test(path));
    const forge = (pattern: RegExp) => () => place.files('.muster/forge').some((path) => pattern.test(path));
    const moments = [
      store('combinations/00000.jsonl'),
      store('run.json'),
      store('state.json'),
      has(/^active\//),
      store('rounds/000/round.json'),
      store('rounds/000/arrays/0000.json'),
      () => place.files('.muster/engine').some((path) => path.endsWith('.json')),
      () => place.noted().length > 0,
      has(/\/fragments\//),
      forge(/reviews\/1\//),
      has(/\/failures\//),
      has(/\/merged\//),
      has(/^published\//),
      has(/^history\//),
    ];
    // Of those that came together only the first is waited for.
    for (const moment of moments) if (!moment()) await killAt(place, () => until(moment));
    expectWhole(place, await place.muster('run', 'toy'));
  });
});

it('all these were killed at twenty moments or more', () => {
  expect(kills).toBeGreaterThanOrEqual(20);
});

/** Workers hold a lifeline; it is not handed on to programs. */
const workers = (place: Place) =>
  place.alive().filter(({ environment }) => environment.includes('MUSTER_LIFELINE'));
const programs = (place: Place) =>
  place.alive().filter(({ environment }) => environment.includes('MUSTER_PARAM_N='));

describe('kill -9 of a part', () => {
  it('of one worker fails its slice with the reason, ends its programs, and a rerun makes it whole', async () => {
    using place = killPlace();
    const { ended } = place.start('run', 'toy', '--parallel', '1');
    await until(() => programs(place).length > 0);
    const [worker] = workers(place);
    if (worker === undefined) throw new Error('no worker');
    process.kill(worker.pid, 'SIGKILL');
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/failed {2}slice 0 of round 0: .*(killed|memory)/i);
    expect(place.alive()).toEqual([]);
    expectWhole(place, await place.muster('rerun', '--select', 'failed'));
  });

  it('of one program fails its combination as killed, and a rerun makes it whole', async () => {
    using place = killPlace();
    const { ended } = place.start('run', 'toy', '--parallel', '1');
    await until(() => programs(place).length > 0);
    for (const { pid } of programs(place)) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended in between.
      }
    }
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toContain('failed  n=0  memory: the program was killed: most likely it ran out of memory');
    expectWhole(place, await place.muster('rerun', '--select', 'failed'));
  });

  it('of workers and engine at once leaves nothing behind', async () => {
    using place = killPlace();
    const { child, ended } = place.start('run', 'toy');
    await until(() => programs(place).length > 1);
    child.kill('SIGKILL');
    for (const { pid } of workers(place)) process.kill(pid, 'SIGKILL');
    await ended;
    expectWhole(place, await place.muster('run', 'toy'));
  });
});

describe('twice at once', () => {
  it.each([0, 0.3, 0.6])(
    'both `muster run` (the second after %f of the time) end well and nothing runs twice',
    async (share) => {
      using place = killPlace();
      const first = place.muster('run', 'toy');
      await sleep(share * usual);
      const both = await Promise.all([first, place.muster('run', 'toy')]);
      expect(both.map(({ code }) => code)).toEqual([1, 1]);
      for (const starts of startsOf(place).values()) expect(starts).toHaveLength(1);
      for (const one of both) expectWhole(place, one);
    },
  );

  it('the second goes on when the first is killed', async () => {
    using place = killPlace();
    const { child, ended } = place.start('run', 'toy');
    await until(() => place.noted().length > 0);
    const second = place.muster('run', 'toy');
    await sleep(usual * 0.3);
    child.kill('SIGKILL');
    await ended;
    expectWhole(place, await second);
  });
});

describe('SIGINT', () => {
  it('at random moments ends with 130 and says how to go on, which does', async () => {
    using place = killPlace();
    const random = randomNumbers(42);
    for (let stop = 0; stop < 4; stop++) {
      const { child, ended } = place.start('run', 'toy');
      await sleep(usual * (0.2 + random() * 0.4));
      child.kill('SIGINT');
      const { code, stderr } = await ended;
      if (code === 1) break;
      if (runOf(place) !== undefined && stderr.includes('go on with'))
        expect({ code, stderr }).toMatchObject({
          code: 130,
          stderr: expect.stringMatching(/go on with: muster watch toy-\w+ --follow/),
        });
    }
    expectWhole(place, await place.muster('run', 'toy'));
  });
});
