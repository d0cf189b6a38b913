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

/** JSON text whose values are kept where slices take turns. Bytes. */
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

/**
 * Remembers the value that was asked for last. Whoever goes back to an earlier place goes through slices that take turns:
 * from then on the last few are kept, as long as their text is within the bound together. Not before, because a map
 * whose entries come and go leaves a chain of outgrown tables, and once the first of them is old, young collections
 * keep all that any of them held: a hundred MiB for a million combinations.
 */
function keepLast(most: number): (span: Span, make: () => unknown) => unknown {
  const values = new Map<number, { readonly value: unknown; readonly length: number }>();
  let total = 0;
  let furthest = 0;
  let last: { readonly offset: number; readonly value: unknown } | undefined;
  let turns = false;

  const keep = (offset: number, known: { readonly value: unknown; readonly length: number }) => {
    // Maps keep the order of insertion: the first one was not asked for the longest.
    if (!values.delete(offset)) total += known.length;
    values.set(offset, known);
    for (const [oldest, old] of values) {
      if (total <= most || oldest === offset) return;
      values.delete(oldest);
      total -= old.length;
    }
  };

  return ({ offset, length }, make) => {
    if (last?.offset === offset) return last.value;
    turns ||= offset < furthest;
    furthest = Math.max(furthest, offset);
    const known = values.get(offset) ?? { value: make(), length };
    if (turns) keep(offset, known);
    last = { offset, value: known.value };
    return known.value;
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
