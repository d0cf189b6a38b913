import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Input } from '../../src/grid/grid.ts';
import { openDirectoryStore } from '../../src/store/directory.ts';
import { absent } from '../../src/store/store.ts';
import { fetchInput } from '../../src/worker/inputs.ts';
import { aRun, run } from './a-run.ts';

async function aPlace() {
  const its = await aRun({ files: { 'data/a.txt': 'A', 'data/deep/b.txt': 'B' } });
  const bucket = openDirectoryStore(join(its.folder, 'bucket'));
  await bucket.put('waves/2020/x', 'X', absent);
  const elsewhere = join(its.folder, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'f'), 'F');
  const opened: string[] = [];
  const sources = {
    run,
    store: its.store,
    openStore: (url: string) => {
      opened.push(url);
      return bucket;
    },
  };
  const work = join(its.folder, 'work');
  mkdirSync(work);
  return {
    opened,
    url: pathToFileURL(elsewhere).href,
    fetch: (input: Input) => fetchInput(input, work, sources),
    read: (path: string) => readFileSync(join(work, path), 'utf8'),
  };
}

describe('an input', () => {
  it('of the repository is copied to its place', async () => {
    const its = await aPlace();
    await its.fetch({ from: 'data/a.txt', to: 'in/other.txt' });
    expect(its.read('in/other.txt')).toBe('A');
  });

  it('that is a file goes into a folder under its own name', async () => {
    const its = await aPlace();
    await its.fetch({ from: 'data/a.txt', to: 'in/' });
    expect(its.read('in/a.txt')).toBe('A');
  });

  it('that is a folder brings everything below it', async () => {
    const its = await aPlace();
    await its.fetch({ from: 'data/', to: 'in/' });
    expect(its.read('in/deep/b.txt')).toBe('B');
  });

  it('in S3 is read from its bucket', async () => {
    const its = await aPlace();
    await its.fetch({ from: 's3://seismic/waves/2020/', to: 'in/' });
    expect(its.read('in/x')).toBe('X');
    expect(its.opened).toEqual(['s3://seismic']);
  });

  it('on the machine is copied', async () => {
    const its = await aPlace();
    await its.fetch({ from: `${its.url}/`, to: 'in/' });
    expect(its.read('in/f')).toBe('F');
  });

  it.each([
    ['data/none.txt', 'x', 'input data/none.txt does not exist'],
    ['s3://seismic', 'x', 'input s3://seismic is not s3://bucket/key'],
    ['file://host/x', 'x', 'input file://host/x is not file:///path: '],
    ['https://host/x', 'x', 'https:// is not supported'],
    ['data/a.txt', '../x', '"../x" leads out of the work directory'],
    ['data/a.txt', '/tmp/x', '"/tmp/x" leads out of the work directory'],
  ])('from %s to %s is refused', async (from, to, message) => {
    const its = await aPlace();
    await expect(its.fetch({ from, to })).rejects.toThrow(message);
  });

  it('that is a folder of the machine but written like a file is refused', async () => {
    const its = await aPlace();
    await expect(its.fetch({ from: its.url, to: 'in/' })).rejects.toThrow(
      'a folder is written with a final /',
    );
  });
});
