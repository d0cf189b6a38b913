import { truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkHdf5, rowsInHdf5 } from '../../src/results/check-output-hdf5.ts';
import { aFile, compasBytes, haveCompasFile } from './hdf5-file.ts';

describe.runIf(haveCompasFile)('a COMPAS output', () => {
  const groups = ['BSE_System_Parameters', 'BSE_Double_Compact_Objects', 'BSE_System_Parameters/SEED'];

  it('passes as a whole with the groups and datasets that are in it', async () => {
    expect(await checkHdf5(aFile('COMPAS_Output.h5', compasBytes()), groups)).toEqual([]);
  });

  it('fails when it is cut anywhere', async () => {
    const bytes = compasBytes();
    const path = aFile('COMPAS_Output.h5', bytes);
    const cuts = Array.from({ length: 60 }, (_, n) => Math.floor((bytes.length * n) / 60));
    for (const size of [bytes.length - 1, bytes.length - 2, ...cuts.toReversed()]) {
      truncateSync(path, size);
      expect(await checkHdf5(path, []), `cut at ${size}`).toEqual([
        expect.stringMatching(/^is not a whole HDF5 file: .+/),
      ]);
    }
  });

  it('says what the library says of a file that was cut', async () => {
    const path = aFile('COMPAS_Output.h5', compasBytes().subarray(0, 1_000_000));
    expect(await checkHdf5(path, [])).toEqual([expect.stringContaining('truncated file: eof = 1000000')]);
  });

  it('fails when its inner structure is destroyed', async () => {
    const bytes = compasBytes();
    const at = bytes.indexOf('TREE');
    expect(at).toBeGreaterThan(0);
    bytes.fill(0, at, at + 64);
    expect(await checkHdf5(aFile('COMPAS_Output.h5', bytes), [])).toHaveLength(1);
  });

  it('fails with every group that is not in it, by name', async () => {
    const path = aFile('COMPAS_Output.h5', compasBytes());
    expect(await checkHdf5(path, ['BSE_Pulsar_Evolution', 'BSE_RLOF', 'BSE_RLOF/NOPE', 'a/b/c'])).toEqual([
      'holds no group or dataset "BSE_Pulsar_Evolution"',
      'holds no group or dataset "BSE_RLOF/NOPE"',
      'holds no group or dataset "a/b/c"',
    ]);
  });

  it('counts the rows of a group by its first dataset, and of a dataset', async () => {
    const path = aFile('COMPAS_Output.h5', compasBytes());
    expect(await rowsInHdf5(path, 'BSE_Double_Compact_Objects')).toBe(9);
    expect(await rowsInHdf5(path, 'BSE_System_Parameters/SEED')).toBe(200);
    expect(await rowsInHdf5(path, 'BSE_Pulsar_Evolution')).toBeUndefined();
  });

  it('is not held open: it can be replaced and checked again', async () => {
    const path = aFile('COMPAS_Output.h5', compasBytes());
    await checkHdf5(path, []);
    writeFileSync(path, 'something else');
    expect(await checkHdf5(path, [])).toHaveLength(1);
  });
});

describe('what is no HDF5 file', () => {
  it.each([
    ['empty', ''],
    ['text', 'SEED,Mass\n1,2\n'],
    ['only the signature', Buffer.from([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a])],
  ])('fails: %s', async (_, bytes) => {
    expect(await checkHdf5(aFile('x.h5', bytes), [])).toEqual([
      expect.stringMatching(/^is not a whole HDF5 file/),
    ]);
  });
});
