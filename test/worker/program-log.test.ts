import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { ProgramLog } from '../../src/worker/program-log.ts';
import { lastLines } from '../../src/worker/tail.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'muster-log-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function saved(log: ProgramLog): Promise<string> {
  const path = join(folder(), 'log.gz');
  await log.save(path);
  return gunzipSync(readFileSync(path)).toString('latin1');
}

it('keeps exactly the first and last bytes, whatever the sizes of the writes', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 12 });
  const limit = fc.integer({ min: 0, max: 60_000 });
  await fc.assert(
    fc.asyncProperty(sizes, limit, limit, async (writes, head, tail) => {
      const log = new ProgramLog({ head, tail });
      let all = '';
      for (const [at, size] of writes.entries()) {
        const text = String.fromCharCode(97 + at).repeat(size);
        log.write(Buffer.from(text));
        all += text;
      }
      const cut = Math.max(0, all.length - head - tail);
      const end = tail === 0 && all.length > head ? '' : all.slice(Math.max(head, all.length - tail));
      const notice = cut === 0 ? '' : `\n[muster: ${cut} bytes of output were cut here]\n`;
      expect(log.cut).toBe(cut);
      expect(await saved(log)).toBe(all.slice(0, head) + notice + end);
    }),
    { numRuns: 60 },
  );
});

it('has no more than 50 lines in its tail, the last ones', () => {
  const log = new ProgramLog();
  for (let line = 0; line < 200; line += 1) log.write(Buffer.from(`line ${line}\n`));
  const lines = log.tail().split('\n');
  expect(lines).toHaveLength(50);
  expect(lines.at(-1)).toBe('line 199');
});

it('has no more than 8 KiB in its tail, without a line that is cut', () => {
  const log = new ProgramLog({ head: 100, tail: 100_000 });
  for (let line = 0; line < 40; line += 1) log.write(Buffer.from(`${line}:${'x'.repeat(1000)}\n`));
  const tail = log.tail();
  expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(8192);
  expect(tail.split('\n').map((line) => line.length)).toEqual(Array.from({ length: 8 }, () => 1003));
});

it('keeps the end of one long line without half a character', () => {
  const tail = lastLines.of(Buffer.from(`${'ü'.repeat(10_000)}x`));
  expect(tail).not.toContain('\ufffd');
  expect(tail.endsWith('üx')).toBe(true);
});

it('joins what was kept from the beginning to what came after in its tail', () => {
  const log = new ProgramLog({ head: 10, tail: 1000 });
  log.write(Buffer.from('beginning and end'));
  expect(log.tail()).toBe('beginning and end');
});

it('keeps at most 8 KiB of text in the tail, also of bytes that are no text', () => {
  const tail = lastLines.of(Buffer.alloc(20_000, 0xff));
  expect(Buffer.byteLength(tail)).toBeGreaterThan(8 * 1024 - 3);
  expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(8 * 1024);
  expect(tail.replaceAll('\u{fffd}', '')).toBe('');
});
