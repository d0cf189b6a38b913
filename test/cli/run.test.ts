import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, toyGrid, toyPlace } from './place.ts';

/** One run whose `n` of 3 and 5 fail, and what people then ask about it. */
describe('a run with failures', () => {
  const place = toyPlace();
  let ended: Ended;
  let run = '';
  beforeAll(async () => {
    place.write('diary.txt.broken', '3\n5\n');
    ended = await place.muster('run', 'grids/toy.yaml');
    run = /^(toy-[0-9a-f]{12}): /m.exec(ended.stdout)?.[1] ?? 'none';
  });
  afterAll(() => place[Symbol.dispose]());

  it('ends with 1 and says on stdout what it came to and what to do next', () => {
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(
      /^\n(toy-\w+): 8 of 12 succeeded, 4 failed\nreview {2}file:\/\/\S+index.html\nagain {3}muster rerun \1 --select failed,missing\nfetch {3}muster fetch \1\n$/,
    );
  });

  it('tells each failed combination on stderr, once', () => {
    const failed = ended.stderr.split('\n').filter((line) => line.startsWith('failed'));
    expect(failed.sort()).toEqual(
      ['n3_left', 'n3_right', 'n5_left', 'n5_right'].map(
        (label) => `failed  ${label}  program: the program exited with 3`,
      ),
    );
  });

  it('has run every combination once', () => {
    expect([...place.noted()].sort()).toEqual([1, 2, 3, 4, 5, 6].flatMap((n) => [`${n} left`, `${n} right`]));
  });

  it('leaves a review that opens, with its verdict first', () => {
    const url = /^review {2}(\S+)$/m.exec(ended.stdout)?.[1] ?? '';
    expect(readFileSync(fileURLToPath(url), 'utf8')).toContain('8 of 12');
  });

  it('leaves no process, no scratch and nothing half-written', () => {
    expect(place.alive()).toEqual([]);
    expect(place.files('tmp')).toEqual([]);
    expect(place.files('.muster/store/.muster/staging')).toEqual([]);
  });

  it('is listed', async () => {
    const rows = JSON.parse(await place.good('ls', 'toy', '--json'));
    expect(rows).toMatchObject([{ run, phase: 'published', succeeded: 8, combinations: 12 }]);
    expect(await place.good('ls')).toMatch(new RegExp(`^${run} +published +8 of 12`, 'm'));
    expect(JSON.parse(await place.good('ls', 'other', '--json'))).toEqual([]);
  });

  it('shows its status by the beginning of its name', async () => {
    const text = await place.good('status', run.slice(0, 8));
    expect(text).toContain('8 succeeded, 4 failed of 12 combinations');
    const progress = JSON.parse(await place.good('status', 'toy', '--json'));
    expect(progress).toMatchObject({ run, phase: 'published', done: { succeeded: 8, failed: 4 } });
  });

  it('ends `status --follow --json` at once, one document a line', async () => {
    const lines = (await place.good('status', '--follow', '--json')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).phase)).toEqual(['published']);
  });

  it('prints the log of a combination by index, label or none: the first failed one', async () => {
    expect(await place.good('logs', 'toy', '0')).toBe('working on 1\n');
    expect(await place.good('logs', 'toy', 'n6_right')).toBe('working on 6\n');
    expect(await place.good('logs', 'toy')).toBe('working on 3\nno luck with 3\n');
    expect(await place.good('logs', 'toy', '--lines', '1')).toBe('no luck with 3\n');
  });

  it('refuses the log of a combination that is not there', async () => {
    const { code, stderr } = await place.muster('logs', 'toy', 'n9_left');
    expect(stderr).toContain('there is no combination `n9_left`');
    expect(code).toBe(2);
  });

  it('explains why combinations failed', async () => {
    const text = await place.good('explain');
    expect(text).toContain('the program exited with 3');
    expect(text).toContain('n3_left');
    expect(text).toContain(`A log as a whole: muster logs ${run} `);
    const told = JSON.parse(await place.good('explain', 'toy', '--json'));
    expect(told).toMatchObject({ run, phase: 'published', failures: [{ class: 'program' }] });
  });

  it('changes nothing when it is published, watched or run again', async () => {
    const before = place.files('.muster/store/runs');
    const merged = JSON.parse((await place.muster('publish', '--json')).stdout);
    expect(merged).toMatchObject({ outcome: 'published' });
    expect((await place.muster('publish')).code).toBe(1);
    expect(JSON.parse(await place.good('watch', '--json'))).toEqual([]);
    const again = await place.muster('run', 'toy');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(`${run} is published already`);
    expect(place.noted()).toHaveLength(12);
    expect(place.files('.muster/store/runs')).toEqual(before);
  });

  it('cannot be cancelled any more', async () => {
    const { code, stderr } = await place.muster('cancel');
    expect(stderr).toContain('cannot be cancelled');
    expect(code).toBe(2);
  });

  it('plans what `rerun` would do without doing it', async () => {
    const { outcome, plan } = JSON.parse(await place.good('rerun', '--dry-run', '--json'));
    expect({ outcome, ...plan }).toMatchObject({ outcome: 'planned', round: 1, combinations: 4 });
    expect(plan.indexes).toEqual([
      [4, 6],
      [8, 10],
    ]);
    expect(await place.good('rerun', '--dry-run')).toMatch(/round 1: 4 combinations in 1 slice; at worst \$/);
    expect(place.noted()).toHaveLength(12);
  });

  it('finds nothing to run among what has succeeded', async () => {
    const { code, stderr } = await place.muster('rerun', '--select', 'n1_left,n2_left');
    expect(stderr).toContain('Nothing to run');
    expect(stderr).toContain('2 left out because they have succeeded');
    expect(code).toBe(0);
  });

  it.each([
    [['--attempts', '99'], '`--attempts 99`: a slice has 1 to 10 attempts'],
    [['--timeout', 'soon'], "`--timeout`: 'soon' is not a duration"],
    [['--memory', '6'], '`--memory`'],
    [['--environment', 'X'], 'is not NAME=value'],
    [['--select', 'm > 1'], 'There is no parameter `m`'],
  ])('refuses to rerun with %j and opens no round', async (args, message) => {
    const { code, stderr } = await place.muster('rerun', ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(place.files(`.muster/store/runs/${run}/rounds/001`)).toEqual([]);
  });
});

describe('rerun executes exactly what is selected', { timeout: 120_000 }, () => {
  it('one round after another: a single one, distant ones, an expression, the failed ones, nothing', async () => {
    using place = toyPlace();
    place.write('diary.txt.broken', '2\n4\n6\n');
    expect((await place.muster('run', 'toy', '--json')).code).toBe(1);
    place.write('diary.txt.broken', '');
    const rerun = async (...args: readonly string[]) => {
      const before = place.noted().length;
      const { code, stdout } = await place.muster('rerun', ...args, '--json');
      return { code, ran: [...place.noted().slice(before)].sort(), outcome: JSON.parse(stdout)[0] };
    };
    const single = await rerun('--select', 'n4_right');
    expect(single).toMatchObject({ code: 1, ran: ['4 right'], outcome: { succeeded: 7, combinations: 12 } });
    // Index 1 has succeeded and is left out.
    const distant = await rerun('--select', '1,2,10');
    expect(distant).toMatchObject({ code: 1, ran: ['2 left', '6 left'], outcome: { succeeded: 9 } });
    const expressed = await rerun('--select', 'n == 6 or n == 1');
    expect(expressed).toMatchObject({ code: 1, ran: ['6 right'], outcome: { succeeded: 10 } });
    const failed = await rerun();
    expect(failed).toMatchObject({ code: 0, ran: ['2 right', '4 left'], outcome: { succeeded: 12 } });
    expect((await place.muster('rerun')).stderr).toContain('Nothing to run');
    const progress = JSON.parse(await place.good('status', '--json'));
    expect(progress).toMatchObject({ round: 4, done: { succeeded: 12, failed: 0 } });
  });

  it('what a failed pilot kept from running is missing, and `--select missing` runs it', async () => {
    using place = toyPlace();
    place.write('grids/toy.yaml', `${toyGrid}launch: { pilot: 2 }\n`);
    place.write('diary.txt.broken', '1\n');
    const piloted = await place.muster('run', 'toy', '--json');
    expect(piloted.stderr).toContain('1 of 2 pilot combinations did not succeed; the rest does not run');
    expect(JSON.parse(piloted.stdout)).toMatchObject([{ succeeded: 1, combinations: 12 }]);
    expect(place.noted()).toHaveLength(2);
    place.write('diary.txt.broken', '');
    // The failed one is not missing.
    expect((await place.muster('rerun', '--select', 'missing')).code).toBe(1);
    expect(new Set(place.noted()).size).toBe(12);
    expect(place.noted()).toHaveLength(12);
  });

  it('what was cancelled before it began is missing, and runs with `--select missing`', async () => {
    using place = toyPlace();
    await place.good('launch', 'toy');
    const cancelled = await place.muster('cancel', '--reason', 'a test');
    expect(cancelled.code).toBe(1);
    expect(cancelled.stdout).toContain('0 of 12 succeeded');
    expect(place.noted()).toEqual([]);
    const status = await place.good('status');
    expect(status).toContain('a test');
    expect(status).toContain('published, partial');
    expect(status).toContain('0 succeeded, 0 failed, 12 missing of 12 combinations');
    expect(await place.good('ls')).toMatch(/published, partial +0 of 12/);
    expect((await place.muster('rerun', '--select', 'missing')).code).toBe(0);
    expect(await place.good('explain')).toMatch(
      /^toy-\w+ is published: \d+ of \d+ combinations succeeded, 0 failed, 0 missing\.\n$/,
    );
    expect(place.noted()).toHaveLength(12);
  });

  it('with `all`, what has succeeded too', async () => {
    using place = toyPlace();
    await place.good('run', 'toy', '--limit', '2');
    await place.good('rerun', '--select', 'all');
    expect([...place.noted()].sort()).toEqual(['1 left', '1 left', '1 right', '1 right']);
    const progress = JSON.parse(await place.good('status', '--json'));
    expect(progress.done).toEqual({ succeeded: 2, failed: 0, missing: 0 });
  });
});

describe('a run of a part', { timeout: 120_000 }, () => {
  it('takes the first of a selection, with a constant overridden, on one CPU; the whole takes its outputs over', async () => {
    using place = toyPlace();
    const args = ['--select', 'n > 2', '--limit', '3', '--set', 'scale=2'];
    const trial = JSON.parse(await place.good('run', 'toy', ...args, '--parallel', '1', '--json'));
    expect(trial).toMatchObject([{ succeeded: 3, combinations: 3 }]);
    expect(place.noted()).toEqual(['3 left', '3 right', '4 left']);
    const plan = JSON.parse(await place.good('plan', 'toy', '--set', 'scale=2', '--json'));
    expect(plan).toMatchObject({ total: 12 });
    const whole = JSON.parse(await place.good('run', 'toy', '--set', 'scale=2', '--json'));
    expect(whole).toMatchObject([{ succeeded: 12, combinations: 12 }]);
    expect(place.noted()).toHaveLength(12);
    expect(whole[0].run).not.toBe(trial[0].run);
  });

  it('is launched in the background and worked on by `watch --follow`', async () => {
    using place = toyPlace();
    const { run, outcome } = JSON.parse(await place.good('launch', 'toy', '--limit', '2', '--json'));
    expect(outcome).toBe('launched');
    expect(place.noted()).toEqual([]);
    expect(await place.good('watch')).toContain(`${run}: running; slices 1 waiting`);
    expect((await place.muster('publish')).stderr).toContain('1 array has not ended');
    expect(await place.muster('verify')).toMatchObject({ code: 2, stdout: '' });
    expect((await place.muster('verify')).stderr).toContain('it is not published yet');
    expect((await place.muster('fetch')).stderr).toContain('nothing that it was asked for has been finished');
    const other = await place.muster('run', 'toy');
    expect(other.stderr).toContain(`${run}, another run of grid \`toy\`, is still active`);
    expect(other.code).toBe(2);
    expect(JSON.parse(await place.good('watch', '--follow', '--json'))).toMatchObject([
      { run, succeeded: 2 },
    ]);
  });
});

it('a store elsewhere holds everything but the reviews', async () => {
  using place = toyPlace();
  await place.good('run', 'toy', '--limit', '1', '--store', 'elsewhere');
  expect(place.files('elsewhere/published')).toHaveLength(1);
  expect(place.files(join('.muster', 'store'))).toEqual([]);
});
