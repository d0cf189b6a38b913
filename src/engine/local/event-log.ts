import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { eventSchema, type JobEvent } from './job-record.ts';

const newline = 0x0a;

/** Appends whole lines to a job's `events.jsonl`. One writer at a time: the process that holds the host lock. */
export interface EventLog extends Disposable {
  append(event: JobEvent): void;
}

export function openEventLog(path: string): EventLog {
  const file = openSync(path, 'a+');
  let open = true;
  let torn = true;
  return {
    append: (event) => {
      // The number may be another file's by now.
      if (!open) throw new Error(`${path} is closed`);
      if (torn) endTornLine(file);
      torn = true;
      writeAll(file, Buffer.from(`${JSON.stringify(event)}\n`));
      torn = false;
    },
    [Symbol.dispose]: () => {
      if (open) closeSync(file);
      open = false;
    },
  };
}

/** A disk that is nearly full takes a part and says how much; only the next call throws. */
function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** A writer killed, or out of disk, in the middle of a line left no newline; what it meant to say is lost and never read. */
function endTornLine(file: number): void {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  if (size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== newline) writeSync(file, '\n');
}

/** The events since `offset`; only whole lines are taken, a torn one is skipped once a later writer has ended it. */
export function readEvents(path: string, offset: number): { events: JobEvent[]; offset: number } {
  const bytes = readFrom(path, offset);
  const end = bytes.lastIndexOf(newline) + 1;
  const events: JobEvent[] = [];
  for (const line of bytes.subarray(0, end).toString('utf8').split('\n')) {
    const event = parseLine(line);
    if (event !== undefined) events.push(event);
  }
  return { events, offset: offset + end };
}

function readFrom(path: string, offset: number): Buffer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    if (isAbsent(cause)) return Buffer.alloc(0);
    throw cause;
  }
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(file);
  }
}

function parseLine(line: string): JobEvent | undefined {
  if (line === '') return undefined;
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
