import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { Pack } from 'tar-stream';
import type { FoundFile } from '../results/check-output.ts';
import { inside } from './inside.ts';

/** Loaded at first use: most programs have neither archives nor checkpoints. */
const library = async () => (await import('tar-stream')).default;

/** Packs files in their order; equal files give equal bytes, whenever and by whomever they are packed. */
export async function packFiles(files: readonly FoundFile[], archive: string): Promise<void> {
  const pack = (await library()).pack();
  const compress = archive.endsWith('.gz') || archive.endsWith('.tgz') ? createGzip() : createZstdCompress();
  const written = pipeline(pack, compress, createWriteStream(archive));
  const filled = fill(pack, files).catch((error: unknown) => {
    pack.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  await Promise.all([written, filled]);
}

async function fill(pack: Pack, files: readonly FoundFile[]): Promise<void> {
  for (const { path, file, size } of files) {
    const entry = pack.entry({ name: path, size, mode: 0o644, mtime: new Date(0) });
    // Never more than was announced: a program may still be writing its checkpoint.
    const source = size === 0 ? [] : createReadStream(file, { end: size - 1 });
    await pipeline(source, entry);
  }
  pack.finalize();
}

/** Unpacks regular files below a folder; anything else in the archive is left out. */
export async function unpackFiles(archive: string, folder: string): Promise<void> {
  const extract = (await library()).extract();
  const decompress = archive.endsWith('.gz') ? createGunzip() : createZstdDecompress();
  const read = pipeline(createReadStream(archive), decompress, extract);
  // What breaks the archive also ends the loop, which reports it.
  read.catch(() => {});
  for await (const entry of extract) {
    if (entry.header.type !== 'file') {
      entry.resume();
      continue;
    }
    const file = inside(folder, entry.header.name);
    await mkdir(dirname(file), { recursive: true });
    await pipeline(entry, createWriteStream(file));
  }
  await read;
}
