import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { aRun, run } from './a-run.ts';

/** Counts to 3 over attempts, in a checkpoint; waits to be interrupted after each step but the last. */
const steps = `
  fs.appendFileSync(process.env.OUT + '/starts', index + ' ');
  fs.mkdirSync('restart', { recursive: true });
  const before = fs.existsSync('restart/step') ? Number(fs.readFileSync('restart/step', 'utf8')) : 0;
  if (index === 1 && before < 2) {
    process.on('SIGTERM', () => { fs.writeFileSync('restart/step', String(before + 1)); process.exit(0); });
    fs.writeFileSync(process.env.OUT + '/waiting' + before, '');
    setInterval(() => {}, 1000);
  }
  console.log('step', before);`;

async function interrupted() {
  const its = await aRun({
    script: steps,
    combinations: 3,
    program: { checkpoint: { path: 'restart/', everySeconds: 600 } },
  });
  const startAndTerminate = async (attempt: number) => {
    const terminate: { call?: () => void } = {};
    const running = its.start({
      attempt,
      environment: { OUT: its.folder },
      deps: { onTerminate: (callback) => void Object.assign(terminate, { call: callback }) },
    });
    while (!existsSync(join(its.folder, `waiting${attempt - 1}`))) await sleep(20);
    terminate.call?.();
    return await running;
  };
  return { its, startAndTerminate };
}

describe('a worker that is asked to end', () => {
  it('exits 143 with what was finished in a fragment, and nothing said about what was not', async () => {
    const { its, startAndTerminate } = await interrupted();
    expect((await startAndTerminate(1)).code).toBe(143);
    expect(await its.fragments()).toMatchObject([{ complete: false, combinations: [{ index: 0 }] }]);
  });

  it('stores what was finished at once, not when the program has ended', async () => {
    const its = await aRun({
      script: `if (index === 1) {
          process.on('SIGTERM', () => {}); fs.writeFileSync(process.env.OUT + '/pid.part', String(process.pid));
          fs.renameSync(process.env.OUT + '/pid.part', process.env.OUT + '/pid'); setInterval(() => {}, 1000);
        }`,
      combinations: 2,
    });
    const terminate: { call?: () => void } = {};
    const running = its.start({
      environment: { OUT: its.folder },
      deps: { onTerminate: (call) => void Object.assign(terminate, { call }) },
    });
    await expect.poll(() => existsSync(join(its.folder, 'pid')), { timeout: 5000 }).toBe(true);
    terminate.call?.();
    await expect.poll(its.fragments, { timeout: 5000 }).toMatchObject([{ combinations: [{ index: 0 }] }]);
    // Throws when the program has ended.
    process.kill(Number(readFileSync(join(its.folder, 'pid'), 'utf8')), 'SIGKILL');
    expect((await running).code).toBe(143);
  });

  it('is continued by the next attempt from the newest checkpoint, without repeating what is finished', async () => {
    const { its, startAndTerminate } = await interrupted();
    await startAndTerminate(1);
    await startAndTerminate(2);
    const { code } = await its.start({ attempt: 3, environment: { OUT: its.folder } });
    expect(code).toBe(0);
    expect(readFileSync(join(its.folder, 'starts'), 'utf8').trim().split(' ')).toEqual([
      '0',
      '1',
      '1',
      '1',
      '2',
    ]);
    expect(its.programLog(await its.entry(1))).toBe('step 2\n');
  });

  it('by its own deadline exits 124', async () => {
    const its = await aRun({ script: 'setInterval(() => {}, 1000);' });
    const { code } = await its.start({ environment: { MUSTER_SLICE_SECONDS: '2' } });
    expect(code).toBe(124);
    expect(await its.entries()).toEqual([]);
  });
});

describe('a later attempt', () => {
  it('still exits 1 for what an earlier one settled as failed', async () => {
    const its = await aRun({
      script: `process.exit(index === 0 ? 1 : process.env.AWS_BATCH_JOB_ATTEMPT === '1' ? 75 : 0);`,
      combinations: 2,
    });
    expect((await its.start()).code).toBe(75);
    expect((await its.start({ attempt: 2 })).code).toBe(1);
  });

  it('repeats what may succeed next time and leaves what failed for good', async () => {
    const its = await aRun({
      script: `fs.appendFileSync(process.env.OUT + '/starts', index + ' '); process.exit([0, 75, 1][index]);`,
      combinations: 3,
    });
    expect((await its.start({ environment: { OUT: its.folder } })).code).toBe(75);
    await its.start({ attempt: 2, environment: { OUT: its.folder } });
    expect(readFileSync(join(its.folder, 'starts'), 'utf8').trim().split(' ')).toEqual(['0', '1', '2', '1']);
  });

  it('goes on although a fragment cannot be read', async () => {
    const its = await aRun({ script: '' });
    await its.store.put(`runs/${run}/rounds/000/fragments/0000000/x-01-0000.json`, '{"schema":', {
      kind: 'absent',
    });
    const { code, log } = await its.start();
    expect(code).toBe(0);
    expect(log.join('\n')).toContain('x-01-0000.json cannot be read');
  });
});

describe('a worker that is not wanted', () => {
  it('exits 0 without working when another job is recorded for its array', async () => {
    const its = await aRun({ script: `fs.writeFileSync(process.env.OUT + '/ran', '');` });
    const { code } = await its.start({ job: 'job-2', environment: { OUT: its.folder } });
    expect(code).toBe(0);
    expect(existsSync(join(its.folder, 'ran'))).toBe(false);
    expect(await its.fragments()).toEqual([]);
  });

  it('stops before its next combination once the run is being cancelled', async () => {
    const its = await aRun({
      script: `if (index === 0) { fs.writeFileSync(process.env.OUT + '/first', ''); while (!fs.existsSync(process.env.OUT + '/go')) await new Promise((go) => setTimeout(go, 20)); }`,
      combinations: 3,
    });
    const running = its.start({ environment: { OUT: its.folder } });
    while (!existsSync(join(its.folder, 'first'))) await sleep(20);
    await its.setPhase({ phase: 'cancelling', round: 0, by: 'a', why: 'enough', at: '2026' });
    writeFileSync(join(its.folder, 'go'), '');
    expect((await running).code).toBe(0);
    expect((await its.entries()).map((entry) => entry.index)).toEqual([0]);
  });

  it('exits 1 and names the variable when its environment is wrong', async () => {
    const its = await aRun();
    const { code, log } = await its.start({ environment: { MUSTER_ROUND: 'first' } });
    expect(code).toBe(1);
    expect(log.join('\n')).toContain('MUSTER_ROUND');
  });
});

describe('a program that takes a whole slice', () => {
  it('is started once with the indexes of the slice, and all its combinations share the verdict', async () => {
    const its = await aRun({
      script: `fs.appendFileSync(process.env.OUT + '/starts', process.argv.slice(2).join('-') + ' ');`,
      combinations: 6,
      sliceSize: 3,
      grid: { slice: { combinations: 3, per: 'slice' } },
      args: ['{slice.start}', '{slice.end}'],
    });
    const { code } = await its.start({ child: 1, environment: { OUT: its.folder } });
    expect(code).toBe(0);
    expect((await its.entries()).map((entry) => [entry.index, entry.state])).toEqual([
      [3, 'succeeded'],
      [4, 'succeeded'],
      [5, 'succeeded'],
    ]);
    expect(readFileSync(join(its.folder, 'starts'), 'utf8')).toBe('3-6 ');
  });
});
