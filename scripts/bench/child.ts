import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Measured {
  readonly seconds: number;
  readonly peakMib: number;
  readonly output: string;
}

const reporter = fileURLToPath(new URL('report-peak.mjs', import.meta.url));

/** Runs a Node program to its end; throws unless it ends well. */
export async function measureNode(args: readonly string[], cwd?: string): Promise<Measured> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', reporter, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  // Pipes of the lines above.
  const [output, peak, [code]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stdio[3] as Readable),
    once(child, 'exit'),
  ]);
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - started) / 1000, peakMib: Number(peak) / 1024, output };
}

/** Seconds from starting a program to its end, as bare as Node can; throws unless it ends well. */
export async function secondsOfProgram(
  [program = '', ...args]: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly log?: string;
    /** The exit code of an end that is well. */
    readonly expected?: number;
  } = {},
): Promise<number> {
  const started = performance.now();
  const { log = devNull, expected = 0, ...rest } = options;
  const output = openSync(log, 'a');
  const child = spawn(program, args, { ...rest, stdio: ['ignore', output, output] });
  const [code] = await once(child, 'exit');
  if (code !== expected) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
  return (performance.now() - started) / 1000;
}
