import { describe, expect, it } from 'vitest';
import { aRun, output } from './a-run.ts';

const linux = process.platform === 'linux';

describe('a work directory', () => {
  it.runIf(linux)('may hold a file whose name is not UTF-8', async () => {
    const its = await aRun({
      script: `fs.writeFileSync('out', 'x'); fs.writeFileSync(Buffer.from([0x65, 0xe9]), 'y');`,
      program: { outputs: [output({ path: 'out' })] },
    });
    expect((await its.start()).code).toBe(0);
  });

  it('that the program removed costs neither its exit code nor its log', async () => {
    const its = await aRun({
      script: `console.log('bye'); fs.rmSync(process.cwd(), { recursive: true }); process.exit(3);`,
    });
    expect((await its.start()).code).toBe(1);
    const entry = await its.entry();
    expect(entry.failure).toMatchObject({ class: 'program', exitCode: 3 });
    expect(its.programLog(entry)).toBe('bye\n');
  });

  it('that the program replaced by a link leads nowhere', async () => {
    const its = await aRun({
      script: `const here = process.cwd(); fs.mkdirSync('../other'); fs.writeFileSync('../other/out', 'x');
        fs.rmSync(here, { recursive: true }); fs.symlinkSync('other', here);`,
      program: { outputs: [output({ path: 'out' })] },
    });
    expect((await its.start()).code).toBe(1);
    expect((await its.entry()).failure).toMatchObject({ class: 'output', message: 'out was not written' });
  });
});
