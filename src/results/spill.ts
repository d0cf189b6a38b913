import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A place in a spill. */
export interface Span {
  /** Bytes from the start. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** JSON values parked in a temporary file: written once, read back at random, gone with `Symbol.dispose`. */
export interface Spill extends Disposable {
  append(value: unknown): Span;
  read(span: Span): unknown;
}

/** Bytes gathered before a write, and read ahead at once: entries of one slice lie side by side. */
const blockBytes = 1 << 18;

/** Synchronous on purpose: a local temporary file, tens of thousands of small records, no interleaving to reason about. */
export function openSpill(directory: string): Spill {
  const path = join(directory, `spill-${crypto.randomUUID()}.jsonl`);
  const file = openSync(path, 'wx+', 0o600);
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let size = 0;
  let window = { offset: 0, bytes: Buffer.alloc(0) };

  const flush = () => {
    if (pendingBytes === 0) return;
    writeAll(file, Buffer.concat(pending, pendingBytes), size - pendingBytes);
    pending = [];
    pendingBytes = 0;
  };

  return {
    append(value) {
      const bytes = Buffer.from(JSON.stringify(value));
      const span = { offset: size, length: bytes.length };
      pending.push(bytes);
      pendingBytes += bytes.length;
      size += bytes.length;
      if (pendingBytes >= blockBytes) flush();
      return span;
    },
    read({ offset, length }) {
      flush();
      const inside = offset >= window.offset && offset + length <= window.offset + window.bytes.length;
      if (!inside) window = { offset, bytes: readUpTo(file, offset, Math.max(length, blockBytes)) };
      const start = offset - window.offset;
      return JSON.parse(window.bytes.toString('utf8', start, start + length));
    },
    [Symbol.dispose]() {
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
}

function writeAll(file: number, bytes: Buffer, position: number): void {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(file, bytes, written, bytes.length - written, position + written);
  }
}

function readUpTo(file: number, position: number, length: number): Buffer<ArrayBuffer> {
  const bytes = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const got = readSync(file, bytes, read, length - read, position + read);
    if (got === 0) break;
    read += got;
  }
  return bytes.subarray(0, read);
}
