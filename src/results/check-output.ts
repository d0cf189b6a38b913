import { open, readFile } from 'node:fs/promises';
import type { OutputRule } from '../grid/grid.ts';
import { checkCsv } from './check-output-csv.ts';
import { checkHdf5 } from './check-output-hdf5.ts';
import { valueAt } from './extract-json-path.ts';

/** A file of the work directory that a rule's path or glob matches. */
export interface FoundFile {
  /** Relative to the work directory, `/`-separated. */
  readonly path: string;
  /** Where it can be read. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds of the epoch. */
  readonly changed: number;
}

/** A JSON document is parsed in memory, so a larger one is not checked but refused. */
const largestJson = 512 * 1024 * 1024;

/** Everything that is wrong with what one rule matched, one line each; empty when all is as declared. */
export async function checkOutput(rule: OutputRule, found: readonly FoundFile[]): Promise<readonly string[]> {
  const short = countProblem(rule, found.length);
  if (short !== undefined) return [short];
  const problems: string[] = [];
  for (const one of found) {
    for (const problem of await fileProblems(rule, one)) problems.push(`${one.path} ${problem}`);
  }
  return problems;
}

/** Too few files. An optional output may be absent, but if it is there its count holds. */
export function countProblem(rule: OutputRule, count: number): string | undefined {
  if (!rule.required && count === 0) return undefined;
  const needed = Math.max(rule.min, rule.required ? 1 : 0);
  if (count >= needed) return undefined;
  if (count === 0 && needed === 1) return `${rule.path} was not written`;
  return `${rule.path} matches ${count} files, ${needed} are needed`;
}

async function fileProblems(rule: OutputRule, found: FoundFile): Promise<readonly string[]> {
  if (found.size < rule.minBytes) return [`has ${found.size} bytes, ${rule.minBytes} are needed`];
  switch (rule.format ?? 'text') {
    case 'hdf5':
      return await checkHdf5(found.file, rule.contains);
    case 'json':
      return await checkJson(found, rule.contains);
    case 'csv':
      return await checkCsv(found.file, rule.contains);
    case 'binary':
      return found.size === 0 ? ['is empty'] : [];
    case 'text':
      return await lacksText(found.file, rule.contains);
  }
}

async function checkJson(found: FoundFile, contains: readonly string[]): Promise<readonly string[]> {
  if (found.size > largestJson) return [`has ${found.size} bytes, more than can be checked as JSON`];
  let document: unknown;
  try {
    document = JSON.parse(await readFile(found.file, 'utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [`is not JSON: ${error.message}`];
  }
  return contains
    .filter((key) => valueAt(document, key) === undefined)
    .map((key) => `has no key ${JSON.stringify(key)}`);
}

/** Streams: an output may be larger than memory. Overlaps by the longest text so that none is cut by a boundary. */
async function lacksText(path: string, contains: readonly string[]): Promise<readonly string[]> {
  if (contains.length === 0) return [];
  const missing = new Set(contains);
  const overlap = Math.max(...contains.map((text) => Buffer.byteLength(text)));
  const handle = await open(path);
  let kept: Buffer = Buffer.alloc(0);
  for await (const chunk of handle.createReadStream({ highWaterMark: 1024 * 1024 })) {
    // A stream without an encoding yields buffers.
    const window: Buffer = Buffer.concat([kept, chunk as Buffer]);
    for (const text of missing) if (window.includes(text)) missing.delete(text);
    if (missing.size === 0) break;
    kept = window.subarray(Math.max(0, window.length - overlap));
  }
  return [...missing].map((text) => `does not contain ${JSON.stringify(text)}`);
}
