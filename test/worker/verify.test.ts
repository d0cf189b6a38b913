import { describe, expect, it } from 'vitest';
import { aRun, output } from './a-run.ts';

describe('verify', () => {
  it('that puts a link out of the work directory in place of an output does not get it stored', async () => {
    const its = await aRun({
      script: `fs.writeFileSync('out', 'x');`,
      program: {
        outputs: [output({ path: 'out' })],
        verify: ['sh', '-c', 'ln -sf /etc/hostname out'],
      },
    });
    expect((await its.start()).code).toBe(1);
    const entry = await its.entry();
    expect(entry.failure).toMatchObject({
      class: 'output',
      message: 'out is a link that leads out of the work directory',
    });
    expect(entry.outputs.map(({ path }) => path)).toEqual(['program.log.gz']);
  });

  it('that spoils an output fails the combination', async () => {
    const its = await aRun({
      script: `fs.writeFileSync('out.json', '{}');`,
      program: {
        outputs: [output({ path: 'out.json', format: 'json' })],
        verify: ['sh', '-c', 'echo oops > out.json'],
      },
    });
    await its.start();
    expect((await its.entry()).failure).toMatchObject({ class: 'output' });
  });

  it('may rewrite outputs that go into an archive', async () => {
    const its = await aRun({
      script: `fs.writeFileSync('out', 'x'.repeat(1000));`,
      program: {
        outputs: [output({ path: 'out', archive: 'out.tar.gz' })],
        verify: ['sh', '-c', 'echo shorter > out'],
      },
    });
    expect((await its.start()).code).toBe(0);
  });
});
