import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isAbsent } from './event-log.ts';

/** Bytes read from the end, whatever the number of lines. */
const tailBytes = 256 * 1024;

export function readTail(path: string, lines: number): string[] {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    if (isAbsent(cause)) return [];
    throw cause;
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    const length = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.subarray(0, length).toString('utf8').replace(/\n$/, '');
    return text === '' || lines < 1 ? [] : text.split('\n').slice(-lines);
  } finally {
    closeSync(file);
  }
}
