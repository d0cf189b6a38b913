import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openBlockWriter, writeAll } from './block-writer.ts';

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

/** Bytes read at once: reports of one slice lie side by side. */
const blockBytes = 1 << 18;

/** Synchronous on purpose: a local temporary file, tens of thousands of small records, no interleaving to reason about. */
export function openSpill(directory: string): Spill {
  const path = join(directory, `spill-${crypto.randomUUID()}.jsonl`);
  const file = openSync(path, 'wx+', 0o600);
  const block = openBlockWriter((bytes) => writeAll(file, bytes));
  // One buffer for all reads: fresh ones would pile up outside the heap until a collection.
  let window = Buffer.alloc(blockBytes);
  let windowAt = { offset: 0, end: 0 };

  return {
    append(value) {
      const offset = block.written();
      return { offset, length: block.append(JSON.stringify(value)) };
    },
    read({ offset, length }) {
      block.flush();
      if (offset < windowAt.offset || offset + length > windowAt.end) {
        if (length > window.length) window = Buffer.alloc(length);
        windowAt = { offset, end: offset + readUpTo(file, window, offset) };
      }
      const start = offset - windowAt.offset;
      return JSON.parse(window.toString('utf8', start, start + length));
    },
    [Symbol.dispose]() {
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
}

function readUpTo(file: number, bytes: Buffer, position: number): number {
  let read = 0;
  while (read < bytes.length) {
    const got = readSync(file, bytes, read, bytes.length - read, position + read);
    if (got === 0) break;
    read += got;
  }
  return read;
}
