import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { openBlockWriter, writeAll } from './block-writer.ts';

/** A new local file written front to back, with its size and digest known at the end. */
export interface DigestFile {
  write(text: string): void;
  close(): { readonly size: number; readonly sha256: string };
}

/** Throws when the file is there already. */
export function openDigestFile(path: string): DigestFile {
  const file = openSync(path, 'wx');
  const hash = createHash('sha256');
  const block = openBlockWriter((bytes) => {
    hash.update(bytes);
    writeAll(file, bytes);
  });
  return {
    write(text) {
      block.append(text);
    },
    close() {
      block.flush();
      closeSync(file);
      return { size: block.written(), sha256: hash.digest('hex') };
    },
  };
}
