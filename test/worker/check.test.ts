import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ConfigurationError } from '../../src/errors.ts';
import { checkSelf } from '../../src/worker/check.ts';

const entry = path.resolve(import.meta.dirname, '../../src/worker/index.ts');

test('the entry point says what it is, with nothing of a run around it', () => {
  const { status, stdout } = spawnSync(process.execPath, [entry, '--check'], { env: {}, encoding: 'utf8' });
  expect([status, JSON.parse(stdout)]).toEqual([
    0,
    {
      worker: expect.stringMatching(/^\d+\.\d+\.\d+/),
      node: process.versions.node,
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      stores: ['s3', 'file'],
    },
  ]);
});

test('a bundle whose client does not open is no healthy one', async () => {
  const lines: string[] = [];
  const code = await checkSelf({
    openStore: async (url) => {
      throw new ConfigurationError({ file: url, message: 'a part of the bundle is missing' });
    },
    version: '1.2.3',
    log: (line) => void lines.push(line),
  });
  expect([code, lines]).toEqual([1, [expect.stringContaining('a part of the bundle is missing')]]);
});

test('without --check it wants a run', () => {
  const { status, stdout } = spawnSync(process.execPath, [entry], { env: {}, encoding: 'utf8' });
  expect([status, stdout]).toEqual([1, expect.stringContaining('MUSTER_RUN')]);
});
