import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import tar from 'tar-stream';
import { expect, it, onTestFinished } from 'vitest';
import { packFiles, unpackFiles } from '../../src/worker/archive.ts';
import { takeInventory } from '../../src/worker/found-files.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'muster-archive-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

it.each(['a.tar.zst', 'a.tar.gz'])('%s gives back every file', async (name) => {
  const source = folder();
  const deep = 'very/'.repeat(40);
  mkdirSync(join(source, deep), { recursive: true });
  const files = { empty: '', 'ü.txt': 'text', [`${deep}big`]: 'x'.repeat(300_000) };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(source, path), text);
  const archive = join(folder(), name);
  await packFiles(takeInventory(source).files, archive);
  const target = folder();
  await unpackFiles(archive, target);
  for (const [path, text] of Object.entries(files)) {
    expect(readFileSync(join(target, path), 'utf8')).toBe(text);
  }
  expect(takeInventory(target).files).toHaveLength(3);
});

it.each(['../outside', '/tmp/muster-outside'])('an archive that writes to %s is refused', async (name) => {
  const pack = tar.pack();
  pack.entry({ name }, 'x');
  pack.finalize();
  const archive = join(folder(), 'a.tar.gz');
  await pipeline(pack, createGzip(), createWriteStream(archive));
  await expect(unpackFiles(archive, folder())).rejects.toThrow('leads out of the work directory');
});
