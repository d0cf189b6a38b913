import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleWorker } from '../../scripts/bundle.ts';
import { compasBytes, haveCompasFile } from '../results/hdf5-file.ts';
import { aRun, output } from './a-run.ts';

/** The worker as images hold it: one file, a process of its own, real signals and pipes. */

const folder = mkdtempSync(join(tmpdir(), 'muster-bundle-'));
const worker = join(folder, 'worker.mjs');
beforeAll(() => bundleWorker(worker), 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Run = Awaited<ReturnType<typeof aRun>>;

function start(its: Run, more: Readonly<Record<string, string>> = {}): ChildProcess {
  const environment = its.environment({ child: 0, attempt: 1, job: 'job-1' });
  return spawn(process.execPath, [worker], {
    env: { ...environment, OUT: its.folder, ...more },
    // Nothing beside the bundle may be needed.
    cwd: folder,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function exitOf(child: ChildProcess): Promise<{ code: number | null; printed: string }> {
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  // `close` comes with the code first, when everything has been read.
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, printed };
}

async function appears(path: string): Promise<void> {
  while (!existsSync(path)) await sleep(20);
}

const alive = (pid: number) => {
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
};

const hangs = `if (index === 1) {
  process.on('SIGTERM', () => { console.log('asked to end'); process.exit(0); });
  fs.writeFileSync(process.env.OUT + '/pid', String(process.pid)); setInterval(() => {}, 1000); }`;

describe('the bundled worker', () => {
  it('runs a slice and prints one line for each combination', async () => {
    const its = await aRun({ script: `console.log('hello');`, combinations: 2 });
    const { code, printed } = await exitOf(start(its));
    expect(code).toBe(0);
    expect(printed).toMatch(/^\[0\] alpha0: succeeded in .+ s\n\[1\] alpha1: succeeded in .+ s\n$/);
    expect((await its.fragments()).flatMap((one) => one.combinations)).toHaveLength(2);
  });

  it.runIf(haveCompasFile)('checks HDF5 without any file beside it', async () => {
    const whole = compasBytes();
    const its = await aRun({
      script: `fs.writeFileSync('o.h5', fs.readFileSync(process.env.OUT + '/whole.h5').subarray(0, index === 0 ? undefined : 5_000_000));`,
      combinations: 2,
      program: {
        outputs: [output({ path: 'o.h5', format: 'hdf5', contains: ['BSE_RLOF'] })],
        results: { dco: { file: 'o.h5', kind: 'rows', rows: 'BSE_Double_Compact_Objects' } },
      },
    });
    writeFileSync(join(its.folder, 'whole.h5'), whole);
    const { code } = await exitOf(start(its));
    expect(code).toBe(1);
    expect((await its.entry(0)).results).toEqual({ dco: 9 });
    expect((await its.entry(1)).failure?.message).toContain('truncated file');
  });

  it('forwards SIGTERM, stores what is finished and exits 143', async () => {
    const its = await aRun({ script: hangs, combinations: 3 });
    const child = start(its);
    await appears(join(its.folder, 'pid'));
    child.kill('SIGTERM');
    expect((await exitOf(child)).code).toBe(143);
    expect((await its.entries()).map((entry) => entry.index)).toEqual([0]);
  });

  it.runIf(process.platform === 'linux')('dies with its program when the engine’s pipe closes', async () => {
    const its = await aRun({ script: hangs, combinations: 3 });
    const child = start(its, { MUSTER_LIFELINE: 'stdin' });
    await appears(join(its.folder, 'pid'));
    const pid = Number(readFileSync(join(its.folder, 'pid'), 'utf8'));
    child.stdin?.end();
    expect((await exitOf(child)).code).toBe(143);
    expect(alive(pid)).toBe(false);
  });

  it('without the lifeline works on although its standard input is closed', async () => {
    const its = await aRun({ combinations: 2 });
    const child = start(its);
    child.stdin?.end();
    expect((await exitOf(child)).code).toBe(0);
  });

  it('says what is wrong with its environment and exits 1', async () => {
    const its = await aRun();
    const { code, printed } = await exitOf(start(its, { MUSTER_STORE: '', AWS_BATCH_JOB_ATTEMPT: '0' }));
    expect(code).toBe(1);
    expect(printed).toMatch(/^the worker's environment .*MUSTER_STORE.*AWS_BATCH_JOB_ATTEMPT.*\n$/);
  });
});
