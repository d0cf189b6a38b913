import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TextMutant } from './hooks.ts';
import type { SeedReport } from './simulate.ts';

export interface SeedsAsked {
  /** The first one. */
  readonly from: number;
  readonly count: number;
  /** Child processes at once. */
  readonly processes: number;
  readonly mutants?: readonly TextMutant[];
  readonly trace?: boolean;
  /** False ends it. */
  readonly onReport?: (report: SeedReport) => boolean;
}

const child = fileURLToPath(new URL('child.ts', import.meta.url));

/** Plays seeds in child processes, every n-th in each. */
export async function runSeeds(asked: SeedsAsked): Promise<void> {
  const { count, processes } = asked;
  const playing = Array.from({ length: Math.min(processes, count) }, (_, number) => {
    const own = Math.ceil((count - number) / processes);
    return runChild(asked, asked.from + number, own);
  });
  await Promise.all(playing);
}

async function runChild(asked: SeedsAsked, from: number, count: number): Promise<void> {
  const { processes, mutants = [], trace = false, onReport } = asked;
  const options = [
    '--from',
    from,
    '--count',
    count,
    '--step',
    processes,
    '--mutants',
    JSON.stringify(mutants),
  ];
  const process_ = spawn(process.execPath, [child, ...options.map(String), ...(trace ? ['--trace'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => process_.on('close', resolve));
  let enough = false;
  for await (const line of createInterface({ input: process_.stdout })) {
    // Our own child wrote it.
    if (!enough && onReport?.(JSON.parse(line) as SeedReport) === false) {
      enough = true;
      process_.kill();
    }
  }
  const code = await ended;
  if (code !== 0 && !enough)
    throw new Error(`seeds ${from}, ${from + processes}, ...: the process ended with ${code}`);
}
