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

/** JSON texts parked in a temporary file: written once, read back at random, gone with `Symbol.dispose`. */
export interface Spill extends Disposable {
  append(value: unknown): Span;
  /** The same of a value that is JSON already. */
  appendJson(bytes: Uint8Array): Span;
  /** Not to be changed: the values read last are kept. */
  read(span: Span): unknown;
}

/** Bytes read at once: reports of one slice lie side by side. */
const blockBytes = 1 << 18;

/** JSON text whose values are kept after they were read: a few slices that take turns. Bytes. */
const keptBytes = 4 << 20;

/** Synchronous on purpose: a local temporary file, tens of thousands of small records, no interleaving to reason about. */
export function openSpill(directory: string): Spill {
  const path = join(directory, `spill-${crypto.randomUUID()}.jsonl`);
  const file = openSync(path, 'wx+', 0o600);
  const block = openBlockWriter((bytes) => writeAll(file, bytes));
  const decoder = new TextDecoder();
  const kept = keepLast(keptBytes);
  // One buffer for all reads: fresh ones would pile up outside the heap until a collection.
  let window = Buffer.alloc(blockBytes);
  let windowAt = { offset: 0, end: 0 };

  const textAt = ({ offset, length }: Span): string => {
    block.flush();
    if (offset < windowAt.offset || offset + length > windowAt.end) {
      if (length > window.length) window = Buffer.alloc(length);
      windowAt = { offset, end: offset + readUpTo(file, window, offset) };
    }
    const start = offset - windowAt.offset;
    return decoder.decode(window.subarray(start, start + length));
  };

  return {
    append(value) {
      const offset = block.written();
      return { offset, length: block.append(JSON.stringify(value)) };
    },
    appendJson(bytes) {
      const offset = block.written();
      block.appendBytes(bytes);
      return { offset, length: bytes.length };
    },
    read: (span) => kept(span, () => JSON.parse(textAt(span))),
    [Symbol.dispose]() {
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
}

/** Remembers the values that were asked for last, as long as their text is within the bound together. */
function keepLast(bound: number): (span: Span, make: () => unknown) => unknown {
  const values = new Map<Span, unknown>();
  let total = 0;
  return (span, make) => {
    const known = values.get(span);
    // Maps keep the order of insertion: the first one was not asked for the longest.
    if (values.delete(span)) {
      values.set(span, known);
      return known;
    }
    const value = make();
    values.set(span, value);
    total += span.length;
    for (const oldest of values.keys()) {
      if (total <= bound || oldest === span) break;
      values.delete(oldest);
      total -= oldest.length;
    }
    return value;
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
