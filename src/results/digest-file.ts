import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';

/** A new local file written front to back, with its size and digest known at the end. */
export interface DigestFile {
  write(text: string): void;
  close(): { readonly size: number; readonly sha256: string };
}

/** Bytes gathered before a write. */
const blockBytes = 1 << 18;

/** Throws when the file is there already. */
export function openDigestFile(path: string): DigestFile {
  const file = openSync(path, 'wx');
  const hash = createHash('sha256');
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let size = 0;

  const flush = () => {
    const bytes = Buffer.concat(pending, pendingBytes);
    hash.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    size += bytes.length;
    pending = [];
    pendingBytes = 0;
  };

  return {
    write(text) {
      const bytes = Buffer.from(text);
      pending.push(bytes);
      pendingBytes += bytes.length;
      if (pendingBytes >= blockBytes) flush();
    },
    close() {
      flush();
      closeSync(file);
      return { size, sha256: hash.digest('hex') };
    },
  };
}
