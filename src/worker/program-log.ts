import { createWriteStream, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { lastLines } from './tail.ts';

export interface LogLimits {
  /** Bytes kept from the beginning. */
  readonly head: number;
  /** Bytes kept from the end. */
  readonly tail: number;
}

export const defaultLogLimits: LogLimits = { head: 32 * 1024 * 1024, tail: 32 * 1024 * 1024 };

/** Below this the log is compressed at once; a stream and its thread cost more than they save. */
const smallLog = 64 * 1024;

/**
 * What a program writes, bounded: its first and last bytes are kept in memory, what lies between is counted and
 * dropped, and the file is compressed when the program has ended. A program that writes for ever fills nothing.
 */
export class ProgramLog {
  readonly #limits: LogLimits;
  readonly #head = new ByteQueue();
  readonly #rest = new ByteQueue();
  #total = 0;

  constructor(limits: LogLimits = defaultLogLimits) {
    this.#limits = limits;
  }

  write(chunk: Buffer): void {
    this.#total += chunk.length;
    const room = Math.max(0, this.#limits.head - this.#head.bytes);
    this.#head.push(chunk.subarray(0, room));
    this.#rest.push(chunk.subarray(room));
    this.#rest.dropTo(this.#limits.tail);
  }

  /** Bytes that were dropped between the beginning and the end. */
  get cut(): number {
    return this.#total - this.#head.bytes - this.#rest.bytes;
  }

  /** The last 50 lines, at most 8 KiB. */
  tail(): string {
    const end = this.#rest.last(lastLines.bytes + 1);
    const missing = lastLines.bytes + 1 - end.length;
    const before = this.cut === 0 && missing > 0 ? this.#head.last(missing) : Buffer.alloc(0);
    return lastLines.of(Buffer.concat([before, end]));
  }

  async save(path: string): Promise<void> {
    const parts = [...this.#head.parts(), Buffer.from(this.#cutNotice()), ...this.#rest.parts()];
    if (this.#total <= smallLog) writeFileSync(path, gzipSync(Buffer.concat(parts)));
    else await pipeline(Readable.from(parts), createGzip({ level: 1 }), createWriteStream(path));
  }

  #cutNotice(): string {
    return this.cut === 0 ? '' : `\n[muster: ${this.cut} bytes of output were cut here]\n`;
  }
}

const blockSize = 256 * 1024;

/** Bytes in blocks of a fixed size, so that a million tiny writes do not become a million objects. */
class ByteQueue {
  #blocks: Buffer[] = [];
  /** Bytes used in the last block. */
  #filled = 0;
  /** Bytes dropped from the first block. */
  #dropped = 0;
  bytes = 0;

  push(bytes: Buffer): void {
    let from = 0;
    while (from < bytes.length) {
      let block = this.#blocks.at(-1);
      if (block === undefined || this.#filled === block.length) {
        block = Buffer.allocUnsafeSlow(this.#blocks.length === 0 ? 8192 : blockSize);
        this.#blocks.push(block);
        this.#filled = 0;
      }
      const copied = bytes.copy(block, this.#filled, from);
      this.#filled += copied;
      from += copied;
    }
    this.bytes += bytes.length;
  }

  dropTo(limit: number): void {
    let excess = this.bytes - limit;
    if (excess <= 0) return;
    this.bytes = limit;
    while (excess > 0) {
      const first = this.#blocks[0];
      if (first === undefined) return;
      const end = this.#blocks.length === 1 ? this.#filled : first.length;
      const dropped = Math.min(excess, end - this.#dropped);
      this.#dropped += dropped;
      excess -= dropped;
      if (this.#dropped < end) return;
      this.#blocks.shift();
      this.#dropped = 0;
    }
  }

  parts(): readonly Buffer[] {
    return this.#blocks.map((block, at) =>
      block.subarray(
        at === 0 ? this.#dropped : 0,
        at === this.#blocks.length - 1 ? this.#filled : block.length,
      ),
    );
  }

  last(count: number): Buffer {
    const parts: Buffer[] = [];
    let wanted = count;
    for (const part of this.parts().toReversed()) {
      if (wanted <= 0) break;
      const kept = part.subarray(Math.max(0, part.length - wanted));
      parts.unshift(kept);
      wanted -= kept.length;
    }
    return Buffer.concat(parts);
  }
}
