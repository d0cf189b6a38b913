import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Place } from '../cli/place.ts';

const cli = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url));
const place = new Place();
afterAll(() => place[Symbol.dispose]());

beforeAll(() => {
  place.program('toy', 'exit 0\n');
  place.write(
    'grids/million.yaml',
    grid('million', '{ a: { repeat: 1000 }, b: { linspace: { start: 0, stop: 1, num: 1000 } } }'),
  );
  place.write('grids/ten.yaml', grid('ten', '{ a: { repeat: 10001 } }', 'slice: { combinations: 1 }\n'));
  place.write('grids/thousand.yaml', grid('thousand', '{ a: { repeat: 1000 } }'));
});

const grid = (name: string, parameters: string, more = '') =>
  `name: ${name}\nprogram: { image: toy, command: [toy, "{a}"] }\nparameters: ${parameters}\nresources: { vcpus: 1, memory: 64 MiB }\nexpected: 1 s\n${more}`;

interface Measured {
  readonly code: number | null;
  /** Of the whole life of the process. */
  readonly peakMib: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command, reading the high-water mark of its memory (VmHWM) until it ends. */
async function measure(args: readonly string[], sink: 'keep' | 'discard' = 'keep'): Promise<Measured> {
  const output = sink === 'keep' ? 'pipe' : openSync('/dev/null', 'w');
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: place.root,
    stdio: ['ignore', output, 'pipe'],
  });
  let [stdout, stderr, peakMib] = ['', '', 0];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const watch = setInterval(() => {
    peakMib = Math.max(peakMib, highWater(child.pid));
  }, 10);
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  const code = await promise;
  clearInterval(watch);
  return { code, peakMib, stdout, stderr };
}

function highWater(pid: number | undefined): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const limitMib = 200;

describe.runIf(process.platform === 'linux')('a grid of a million combinations', () => {
  it('is counted below 200 MiB', async () => {
    const { code, stdout, stderr, peakMib } = await measure(['expand', 'million', '--format', 'count']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '1000000\n', stderr: '' });
    expect(peakMib).toBeGreaterThan(20);
    expect(peakMib).toBeLessThan(limitMib);
  });

  it('is planned below 200 MiB', async () => {
    const { code, stdout, stderr, peakMib } = await measure(['plan', 'million']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('1,000,000');
    expect(peakMib).toBeLessThan(limitMib);
  });

  it.each(['jsonl', 'csv'])('is printed as %s below 200 MiB', async (format) => {
    const { code, stderr, peakMib } = await measure(['expand', 'million', '--format', format], 'discard');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(peakMib).toBeLessThan(limitMib);
  });

  it('is printed with memory that does not grow with the count', async () => {
    const small = await measure(['expand', 'thousand'], 'discard');
    const large = await measure(['expand', 'million'], 'discard');
    // What the heap takes before it is first collected; a million kept combinations are more than 500 MiB.
    expect(large.peakMib - small.peakMib).toBeLessThan(100);
  });

  it('is selected from below 200 MiB', async () => {
    const { stdout, peakMib } = await measure([
      'expand',
      'million',
      '--format',
      'count',
      '--select',
      'b > 0.5',
    ]);
    expect(stdout).toBe('500000\n');
    expect(peakMib).toBeLessThan(limitMib);
  });
});

it('10,001 slices become two arrays: 10,000 slices is the most that one takes', async () => {
  const plan = JSON.parse(await place.good('plan', 'ten', '--json'));
  expect(plan).toMatchObject({ combinations: 10_001 });
  const arrays: { slices: number }[] = plan.arrays;
  expect(arrays.map(({ slices }) => slices)).toEqual([10_000, 1]);
});
