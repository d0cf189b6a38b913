import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { aRun } from './a-run.ts';

const linux = process.platform === 'linux';

/** Pids that the program wrote, one file each, of which some process still lives. */
function survivors(folder: string): readonly number[] {
  const pids = readdirSync(folder)
    .filter((name) => name.endsWith('.pid'))
    .map((name) => Number(readFileSync(join(folder, name), 'utf8')));
  expect(pids.length).toBeGreaterThan(0);
  return pids.filter(lives);
}

function lives(pid: number): boolean {
  if (!linux) return false;
  // An unreaped process has ended, too.
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
}

describe('a program without bounds', () => {
  it('is killed at its timeout although it ignores SIGTERM', async () => {
    const its = await aRun({
      script: `process.on('SIGTERM', () => console.log('no')); fs.writeFileSync(process.env.OUT + '/p.pid', String(process.pid));
        setInterval(() => {}, 1000);`,
      timeoutSeconds: 3,
    });
    const { code } = await its.start({ environment: { OUT: its.folder }, deps: { graceSeconds: 0.5 } });
    expect(code).toBe(124);
    expect((await its.entry()).failure).toMatchObject({ class: 'timeout', tail: 'no', again: false });
    expect(survivors(its.folder)).toEqual([]);
  });

  it('may write 200 MB: beginning and end are kept, and what was cut is said', async () => {
    const its = await aRun({
      script: `const line = 'x'.repeat(1023) + '\\n'; fs.writeSync(1, 'the beginning\\n');
        for (let n = 0; n < 200 * 1024; n += 1) fs.writeSync(1, line); fs.writeSync(1, 'the end\\n');`,
    });
    expect((await its.start({ deps: { logLimits: { head: 2 ** 20, tail: 2 ** 20 } } })).code).toBe(0);
    const entry = await its.entry();
    const text = its.programLog(entry);
    expect(text.startsWith('the beginning\n')).toBe(true);
    expect(text.endsWith('the end\n')).toBe(true);
    const cut = 200 * 2 ** 20 + 'the beginning\nthe end\n'.length - 2 * 2 ** 20;
    expect(text).toContain(`[muster: ${cut} bytes of output were cut here]`);
  });

  it('is killed when it fills its scratch space', async () => {
    const its = await aRun({
      script: `for (let n = 0; ; n += 1) fs.writeFileSync('f' + n, Buffer.alloc(1e6));`,
      scratchGib: 0.05,
    });
    expect((await its.start()).code).toBe(1);
    expect((await its.entry()).failure).toMatchObject({
      class: 'disk',
      message: 'the program was killed: it filled the scratch space of 0.05 GiB',
    });
  });

  it('fails when it filled its scratch space and ended before anyone looked', async () => {
    const its = await aRun({ script: `fs.writeFileSync('f', Buffer.alloc(8e6));`, scratchGib: 0.005 });
    await its.start();
    expect((await its.entry()).failure?.class).toBe('disk');
  });

  it.runIf(linux)('has children that outlive it killed, also when they left its group', async () => {
    const its = await aRun({
      script: `const { spawn } = await import('node:child_process');
        const stay = "require('fs').writeFileSync(process.env.OUT + '/' + process.pid + '.pid', String(process.pid)); setInterval(() => {}, 1000)";
        for (const detached of [true, false]) spawn(process.execPath, ['-e', stay], { detached, stdio: 'inherit' }).unref();
        while (fs.readdirSync(process.env.OUT).filter((name) => name.endsWith('.pid')).length < 2) await new Promise((go) => setTimeout(go, 20));
        process.exit(0);`,
    });
    const { code, log } = await its.start({ environment: { OUT: its.folder } });
    expect(code).toBe(0);
    expect(survivors(its.folder)).toEqual([]);
    expect(log.join('\n')).toMatch(/left \d processes behind; they were killed/);
  });
});

describe('an engine that is gone', () => {
  it('takes the program with it, and what was finished is in a fragment', async () => {
    const its = await aRun({
      script: `if (index === 1) { process.on('SIGTERM', () => {}); fs.writeFileSync(process.env.OUT + '/p.pid', String(process.pid)); setInterval(() => {}, 1000); }`,
      combinations: 2,
    });
    const closed: { call?: () => void } = {};
    const running = its.start({
      environment: { OUT: its.folder, MUSTER_LIFELINE: 'stdin' },
      deps: { onLifelineClosed: (callback) => void Object.assign(closed, { call: callback }) },
    });
    while (!existsSync(join(its.folder, 'p.pid'))) await sleep(20);
    closed.call?.();
    expect((await running).code).toBe(143);
    expect(survivors(its.folder)).toEqual([]);
    expect((await its.entries()).map((entry) => entry.index)).toEqual([0]);
  });

  it('while the worker is already waiting for its program to end makes it kill at once', async () => {
    const its = await aRun({
      script: `process.on('SIGTERM', () => fs.writeFileSync(process.env.OUT + '/asked', ''));
        fs.writeFileSync(process.env.OUT + '/p.pid', String(process.pid)); setInterval(() => {}, 1000);`,
    });
    const terminate: { call?: () => void } = {};
    const closed: { call?: () => void } = {};
    const running = its.start({
      environment: { OUT: its.folder, MUSTER_LIFELINE: 'stdin' },
      deps: {
        graceSeconds: 3600,
        onTerminate: (callback) => void Object.assign(terminate, { call: callback }),
        onLifelineClosed: (callback) => void Object.assign(closed, { call: callback }),
      },
    });
    while (!existsSync(join(its.folder, 'p.pid'))) await sleep(20);
    terminate.call?.();
    while (!existsSync(join(its.folder, 'asked'))) await sleep(20);
    closed.call?.();
    expect((await running).code).toBe(143);
    expect(survivors(its.folder)).toEqual([]);
  });
});
