import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aRun, output } from './a-run.ts';

describe('a program that does what it declares', () => {
  const writesAll = {
    script: `fs.writeFileSync('out.json', JSON.stringify({ index, alpha: process.env.MUSTER_PARAM_ALPHA }));
      console.log('hello', index);`,
    program: { outputs: [output({ path: 'out.json', format: 'json' })] },
  };

  it('succeeds for every combination of the slice, and the worker exits 0', async () => {
    const its = await aRun({ ...writesAll, combinations: 3 });
    expect((await its.start()).code).toBe(0);
    expect((await its.entries()).map((entry) => [entry.index, entry.state])).toEqual([
      [0, 'succeeded'],
      [1, 'succeeded'],
      [2, 'succeeded'],
    ]);
  });

  it('sees the index of its combination, not that of the array child', async () => {
    const its = await aRun({ ...writesAll, combinations: 6, sliceSize: 2 });
    await its.start({ child: 2 });
    const entry = await its.entry(5);
    expect(JSON.parse(its.content(entry, 'out.json').toString())).toEqual({ index: 5, alpha: '5.0' });
  });

  it('is told with the moment its worker began, before any combination', async () => {
    const its = await aRun({ ...writesAll, combinations: 2 });
    const before = new Date().toISOString();
    await its.start();
    const [fragment] = await its.fragments();
    const began = fragment?.startedAt ?? '';
    expect(began >= before).toBe(true);
    expect(fragment?.combinations.every(({ startedAt }) => startedAt >= began)).toBe(true);
  });

  it('has its output stored with size and SHA-256', async () => {
    const its = await aRun(writesAll);
    await its.start();
    const entry = await its.entry();
    const bytes = its.content(entry, 'out.json');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(entry.outputs.find((one) => one.path === 'out.json')).toMatchObject({
      size: bytes.length,
      sha256,
    });
  });

  it('has what it printed kept as program.log.gz', async () => {
    const its = await aRun(writesAll);
    await its.start();
    expect(its.programLog(await its.entry())).toBe('hello 0\n');
  });

  it('leaves a fragment that says the slice is complete', async () => {
    const its = await aRun({ ...writesAll, combinations: 2 });
    await its.start();
    expect(await its.fragments()).toMatchObject([
      { slice: 0, job: 'job-1', attempt: 1, part: 0, complete: true, image: 'f'.repeat(64) },
    ]);
  });

  it('leaves nothing in the scratch folder', async () => {
    const its = await aRun(writesAll);
    await its.start();
    expect(readdirSync(its.scratch)).toEqual([]);
  });
});
