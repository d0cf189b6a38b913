import { writeSync } from 'node:fs';

/** Text gathered into one reused buffer, handed on in large pieces. */
export interface BlockWriter {
  /** Returns the text's length in bytes. */
  append(text: string): number;
  appendBytes(bytes: Uint8Array): void;
  flush(): void;
  /** Bytes appended so far. */
  written(): number;
}

/** Bytes gathered before they are handed on. */
const blockBytes = 1 << 18;

/** @param take gets bytes that are only its own until it returns. */
export function openBlockWriter(take: (bytes: Buffer) => void): BlockWriter {
  const block = Buffer.alloc(blockBytes);
  let filled = 0;
  let total = 0;
  const flush = () => {
    if (filled > 0) take(block.subarray(0, filled));
    filled = 0;
  };
  return {
    append(text) {
      const length = Buffer.byteLength(text);
      if (filled + length > blockBytes) flush();
      if (length > blockBytes) take(Buffer.from(text));
      else filled += block.write(text, filled);
      total += length;
      return length;
    },
    appendBytes(bytes) {
      if (filled + bytes.length > blockBytes) flush();
      if (bytes.length > blockBytes) take(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      else {
        block.set(bytes, filled);
        filled += bytes.length;
      }
      total += bytes.length;
    },
    flush,
    written: () => total,
  };
}

/** Appends all bytes to an open file. */
export function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
