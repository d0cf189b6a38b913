import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { absent } from '../../src/store/store.ts';
import { CheckpointKeeper } from '../../src/worker/checkpoint.ts';
import { cleanScratch, scratchBelow } from '../../src/worker/work-directory.ts';
import { aRun, output, run } from './a-run.ts';

const folder = `runs/${run}/outputs/.checkpoints/000/point/`;

async function aKeeper() {
  const its = await aRun();
  const scratch = scratchBelow(its.scratch);
  cleanScratch(scratch);
  const log: string[] = [];
  const place = {
    store: its.store,
    run,
    round: 0,
    id: 'point',
    scratch,
    log: (line: string) => void log.push(line),
  };
  const open = () => new CheckpointKeeper({ path: 'restart/', everySeconds: 600 }, place);
  const write = (text: string) => {
    mkdirSync(join(scratch.work, 'restart/deep'), { recursive: true });
    writeFileSync(join(scratch.work, 'restart/deep/state'), text);
  };
  const restored = async () => {
    cleanScratch(scratch);
    await open().restore();
    return readFileSync(join(scratch.work, 'restart/deep/state'), 'utf8');
  };
  const keys = async () => {
    const found: string[] = [];
    for await (const { key } of its.store.list(folder)) found.push(key.slice(folder.length));
    return found;
  };
  return { store: its.store, log, open, write, restored, keys };
}

describe('a checkpoint', () => {
  it('comes back as it was saved last', async () => {
    const its = await aKeeper();
    const keeper = its.open();
    its.write('first');
    await keeper.save();
    its.write('second');
    await keeper.save();
    expect(await its.restored()).toBe('second');
  });

  it('is not saved again while nothing has changed', async () => {
    const its = await aKeeper();
    const keeper = its.open();
    its.write('same');
    await keeper.save();
    await keeper.save();
    expect(await its.keys()).toEqual(['000001.tar.zst']);
  });

  it('of a later attempt gets the next number', async () => {
    const its = await aKeeper();
    its.write('first');
    await its.open().save();
    const later = its.open();
    await later.restore();
    its.write('later');
    await later.save();
    expect(await its.keys()).toEqual(['000001.tar.zst', '000002.tar.zst']);
  });

  it('that another worker saved meanwhile is not replaced', async () => {
    const its = await aKeeper();
    const [one, other] = [its.open(), its.open()];
    its.write('one');
    await one.save();
    its.write('other');
    await other.save();
    expect(await its.restored()).toBe('other');
  });

  it('that cannot be read gives way to the one before', async () => {
    const its = await aKeeper();
    its.write('good');
    await its.open().save();
    await its.store.put(`${folder}000002.tar.zst`, 'no archive', absent);
    expect(await its.restored()).toBe('good');
    expect(its.log.join('\n')).toContain('000002.tar.zst cannot be used');
  });

  it('is not there before the first one', async () => {
    const its = await aKeeper();
    await its.open().restore();
    await its.open().save();
    expect(await its.keys()).toEqual([]);
  });

  it('is saved on the way, as often as the grid says', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const its = await aKeeper();
    const keeper = its.open();
    keeper.start();
    its.write('on the way');
    vi.advanceTimersByTime(599_000);
    await keeper.stop();
    expect(await its.keys()).toEqual([]);
    keeper.start();
    vi.advanceTimersByTime(600_000);
    await keeper.stop();
    expect(await its.keys()).toEqual(['000001.tar.zst']);
  });
});

describe('the checkpoint of a program that asks for another attempt', () => {
  const script = `if (fs.existsSync('state')) fs.renameSync('state', 'out');
    else { fs.writeFileSync('state', 'half'); process.exit(Number(process.argv[2])); }`;
  const program = { outputs: [output({ path: 'out' })], checkpoint: { path: 'state', everySeconds: 600 } };

  it('is saved when it ends, so that the next attempt goes on from there', async () => {
    const its = await aRun({ script, program, args: ['75'] });
    expect((await its.start()).code).toBe(75);
    expect((await its.start({ attempt: 2 })).code).toBe(0);
  });

  it('is not saved when it failed for good', async () => {
    const its = await aRun({ script, program, args: ['1'] });
    expect((await its.start()).code).toBe(1);
    const saved: string[] = [];
    for await (const { key } of its.store.list(`runs/${run}/outputs/.checkpoints/000/`)) saved.push(key);
    expect(saved).toEqual([]);
  });
});
