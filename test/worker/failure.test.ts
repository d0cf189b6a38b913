import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../src/worker/failure.ts';
import { aRun, output } from './a-run.ts';

describe('a program that fails', () => {
  it('fails although it exits 0 when its output is not there', async () => {
    const its = await aRun({ program: { outputs: [output({ path: 'out.h5', format: 'hdf5' })] } });
    expect((await its.start()).code).toBe(1);
    expect((await its.entry()).failure).toMatchObject({
      class: 'output',
      message: 'out.h5 was not written',
      again: false,
    });
  });

  it('fails with too few files, and says how many there are', async () => {
    const its = await aRun({
      script: `fs.mkdirSync('c'); for (const n of [1, 2, 3]) fs.writeFileSync('c/' + n, 'x');`,
      program: { outputs: [output({ path: 'c/**', min: 5 })] },
    });
    await its.start();
    expect((await its.entry()).failure?.message).toBe('c/** matches 3 files, 5 are needed');
  });

  it('fails with a failing verify, whose words are in the tail', async () => {
    const its = await aRun({
      program: { verify: ['sh', '-c', 'echo energy is not conserved; exit 4'] },
    });
    expect((await its.start()).code).toBe(1);
    expect((await its.entry()).failure).toMatchObject({
      class: 'output',
      message: 'verify exited with 4',
      exitCode: 4,
      tail: 'energy is not conserved',
    });
  });

  it('keeps code and last lines of a program that exits with an error', async () => {
    const its = await aRun({
      script: `console.log('first'); console.error('cannot converge'); process.exit(3);`,
    });
    expect((await its.start()).code).toBe(1);
    expect((await its.entry()).failure).toMatchObject({
      class: 'program',
      exitCode: 3,
      tail: expect.stringContaining('cannot converge'),
    });
  });

  it('does not keep the next combination from running', async () => {
    const its = await aRun({ script: 'if (index === 0) process.exit(1);', combinations: 2 });
    await its.start();
    expect((await its.entry(1)).state).toBe('succeeded');
  });

  it('has its log stored all the same', async () => {
    const its = await aRun({ script: `console.log('so far so good'); process.exit(1);` });
    await its.start();
    expect(its.programLog(await its.entry())).toBe('so far so good\n');
  });

  it('leaves the files of keep.on_failure beside the log', async () => {
    const its = await aRun({
      script: `fs.writeFileSync('solver.log', 'NaN'); fs.writeFileSync('big.bin', 'x'); process.exit(1);`,
      grid: { keep: { onFailure: ['*.log'] } },
    });
    await its.start();
    const entry = await its.entry();
    expect(entry.outputs.map((one) => one.path)).toEqual(['on-failure/solver.log', 'program.log.gz']);
  });

  it('keeps the log and the other files although one of keep.on_failure cannot be stored', async () => {
    const its = await aRun({
      script: `console.log('why'); fs.writeFileSync('a.log', 'NaN'); fs.writeFileSync('x'.repeat(250) + '.log', '');
        process.exit(1);`,
      grid: { keep: { onFailure: ['*.log'] } },
    });
    const { log } = await its.start();
    const entry = await its.entry();
    expect(its.programLog(entry)).toBe('why\n');
    expect(entry.outputs.map((one) => one.path)).toEqual(['on-failure/a.log', 'program.log.gz']);
    expect(log.join('\n')).toContain('.log of alpha0 could not be kept');
  });

  it('makes the worker ask for another attempt when its exit code says so', async () => {
    const its = await aRun({ script: 'process.exit(75);' });
    expect((await its.start()).code).toBe(75);
    expect((await its.entry()).failure).toMatchObject({ class: 'program', exitCode: 75, again: true });
  });

  it('is told apart from one that is not there', async () => {
    const its = await aRun({ program: { command: ['no-such-program'] } });
    expect((await its.start()).code).toBe(1);
    expect((await its.entry()).failure).toMatchObject({
      class: 'start',
      message: expect.stringContaining('no-such-program was not found'),
    });
  });

  it('is told apart from one that may not be executed', async () => {
    const its = await aRun({ program: { command: [import.meta.filename] } });
    await its.start();
    expect((await its.entry()).failure?.message).toContain('may not be executed (chmod +x)');
  });

  it('names the signal that ended it', async () => {
    const its = await aRun({ script: `process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1000);` });
    await its.start();
    expect((await its.entry()).failure).toMatchObject({
      class: 'program',
      signal: 'SIGSEGV',
      exitCode: null,
    });
  });

  it('is not blamed for a neighbour that the kernel killed for memory at the same time', () => {
    const circumstances = {
      subject: 'the program',
      onExit: [],
      timeoutSeconds: 60,
      scratchGib: undefined,
      diskFull: false,
    } as const;
    const crash = failureOf({ kind: 'killed', signal: 'SIGSEGV', outOfMemory: true }, circumstances);
    expect(crash).toMatchObject({ class: 'program', signal: 'SIGSEGV' });
    const kill = failureOf({ kind: 'killed', signal: 'SIGKILL', outOfMemory: true }, circumstances);
    expect(kill?.message).toContain('it ran out of memory');
  });

  it('most likely ran out of memory when something killed it', async () => {
    const its = await aRun({ script: `process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);` });
    await its.start();
    expect((await its.entry()).failure).toMatchObject({ class: 'memory', signal: 'SIGKILL' });
  });

  it('is refused when its output is a link out of the work directory', async () => {
    const its = await aRun({
      script: `fs.symlinkSync('/etc/hostname', 'out.txt');`,
      program: { outputs: [output({ path: 'out.txt' })] },
    });
    await its.start();
    const entry = await its.entry();
    expect(entry.failure).toMatchObject({
      class: 'output',
      message: 'out.txt is a link that leads out of the work directory',
    });
    expect(entry.outputs.map((one) => one.path)).toEqual(['program.log.gz']);
  });

  it('is refused when its output lies behind a folder linked from elsewhere', async () => {
    const its = await aRun({
      script: `fs.symlinkSync('/etc', 'out');`,
      program: { outputs: [output({ path: 'out/hostname' })] },
    });
    await its.start();
    expect((await its.entry()).failure?.class).toBe('output');
  });
});

describe('inputs', () => {
  const prints = `console.log(fs.readFileSync('in/waves.txt', 'utf8'));`;

  it('are there before the program starts', async () => {
    const its = await aRun({
      script: prints,
      files: { 'data/waves.txt': 'tsunami' },
      program: { files: [], inputs: [{ from: 'data/', to: 'in/' }] },
    });
    expect((await its.start()).code).toBe(0);
    expect(its.programLog(await its.entry())).toBe('tsunami\n');
  });

  it('that do not exist fail the combination without starting the program', async () => {
    const its = await aRun({ script: prints, program: { inputs: [{ from: 'data/', to: 'in/' }] } });
    await its.start();
    expect((await its.entry()).failure).toMatchObject({
      class: 'input',
      message: 'input data/ holds nothing',
    });
  });

  it('of an unknown scheme are refused with the known ones named', async () => {
    const its = await aRun({ program: { inputs: [{ from: 'ftp://host/x', to: 'x' }] } });
    await its.start();
    expect((await its.entry()).failure).toMatchObject({
      class: 'input',
      message: expect.stringContaining('ftp:// is not supported; use s3://, file://'),
    });
  });
});

describe('files of the program', () => {
  it('lie in the work directory under their own name and can be executed', async () => {
    const its = await aRun({
      files: { 'checks/compas.sh': '#!/bin/sh\necho checked $1\n' },
      program: { verify: ['./compas.sh', '7'] },
    });
    expect((await its.start()).code).toBe(0);
    expect(its.programLog(await its.entry())).toBe('checked 7\n');
  });

  it('are part of what makes work the same', async () => {
    const works: string[] = [];
    for (const text of ['#!/bin/sh\n', '#!/bin/sh\n# new\n']) {
      const its = await aRun({ files: { 'a.sh': text }, program: { command: ['true'] } });
      await its.start();
      works.push((await its.entry()).work);
    }
    expect(works[0]).not.toBe(works[1]);
    expect(works[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('outputs', () => {
  it('of an archive rule become one file', async () => {
    const its = await aRun({
      script: `fs.mkdirSync('d'); for (let n = 0; n < 100; n += 1) fs.writeFileSync('d/' + n, 'x'.repeat(n));`,
      program: { outputs: [output({ path: 'd/**', archive: 'd.tar.zst' })] },
    });
    await its.start();
    const entry = await its.entry();
    expect(entry.outputs.map((one) => one.path)).toEqual(['d.tar.zst', 'program.log.gz']);
  });

  it.each([
    ['another archive', [output({ path: 'b', archive: 'out.tar.gz' })]],
    ['a file', [output({ path: 'out.tar.gz' })]],
  ])('of an archive rule are refused when %s has the same name', async (_, others) => {
    const its = await aRun({
      script: `for (const name of ['a', 'b', 'out.tar.gz']) fs.writeFileSync(name, name);`,
      program: { outputs: [output({ path: 'a', archive: './out.tar.gz' }), ...others] },
    });
    expect((await its.start()).code).toBe(1);
    expect((await its.entry()).failure).toMatchObject({
      class: 'output',
      message: 'two outputs would be kept as out.tar.gz: give one of the archives another name',
    });
  });

  it('of an archive rule give equal bytes for equal files', async () => {
    const digests: string[] = [];
    for (const _ of [1, 2]) {
      const its = await aRun({
        script: `fs.mkdirSync('d'); fs.writeFileSync('d/a', 'x'); fs.writeFileSync('d/b', 'y');`,
        program: { outputs: [output({ path: 'd/**', archive: 'd.tar.gz' })] },
      });
      await its.start();
      digests.push(
        createHash('sha256')
          .update(its.content(await its.entry(), 'd.tar.gz'))
          .digest('hex'),
      );
    }
    expect(digests[0]).toBe(digests[1]);
  });

  it('become numbers for the reviewer', async () => {
    const its = await aRun({
      script: `fs.writeFileSync('r.json', JSON.stringify({ a: { mass: 1.4 }, note: 'N/A' }));
        fs.writeFileSync('t.csv', 'm,q\\n1,0.5\\n3,0.25\\n');`,
      program: {
        results: {
          mass: { file: 'r.json', kind: 'key', key: 'a.mass' },
          note: { file: 'r.json', kind: 'key', key: 'note' },
          mean: { file: 't.csv', kind: 'column', column: 'm', reduce: 'mean' },
          gone: { file: 'nowhere.json', kind: 'key', key: 'x' },
        },
      },
    });
    expect((await its.start()).code).toBe(0);
    expect((await its.entry()).results).toEqual({ mass: 1.4, note: 'N/A', mean: 2, gone: null });
  });

  it('are measured with the time, processor and memory they took', async () => {
    const its = await aRun({
      script: `const block = Buffer.alloc(60e6, 1); while (process.cpuUsage().user < 400_000) JSON.stringify(process.env);
        fs.writeFileSync('out', block.subarray(0, 1e6));`,
    });
    await its.start();
    const { usage } = await its.entry();
    expect(usage.diskBytes).toBeGreaterThanOrEqual(1e6);
    if (process.platform !== 'linux') return;
    expect(usage.cpuSeconds).toBeGreaterThan(0.3);
    expect(usage.peakMemoryBytes).toBeGreaterThan(60e6);
  });
});
