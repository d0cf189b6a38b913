import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ProgramAnswer {
  /** Null where it could not be started, or had to be killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** Written to its standard input: what must not stand in its arguments, which every user of a machine can read. */
  readonly input?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly timeoutSeconds?: number;
  /** Told each line of both outputs as it comes. */
  readonly say?: (line: string) => void;
}

/** Characters of each output that are kept: its end, where a program says why it gave up. */
const kept = 4 * 2 ** 20;

/** One program without a shell. Never throws: what went wrong is in the answer. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { input = '', environment = process.env, timeoutSeconds = 60, say }: ProgramOptions = {},
): Promise<ProgramAnswer> {
  const options = { env: environment, timeout: timeoutSeconds * 1000, killSignal: 'SIGKILL' } as const;
  const child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const failed: string[] = [];
  const ended = Promise.withResolvers<number | null>();
  // `close` comes also where it could not be started, after `error`.
  child.on('error', (error) => failed.push(error.message));
  child.on('close', (code) => ended.resolve(failed.length > 0 ? null : code));
  // It may leave before it has read everything: its exit code tells.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const outputs = [child.stdout, child.stderr].map((stream) => keepEnd(stream, say));
  const code = await ended.promise;
  const [stdout = '', stderr = ''] = await Promise.all(outputs);
  return { code, stdout, stderr: stderr === '' ? failed.join('\n') : stderr };
}

async function keepEnd(stream: NodeJS.ReadableStream, say?: (line: string) => void): Promise<string> {
  const lines: string[] = [];
  let length = 0;
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    say?.(line);
    lines.push(line);
    length += line.length + 1;
    while (length > kept && lines.length > 1) length -= (lines.shift() ?? '').length + 1;
  }
  return lines.join('\n');
}

/** The last lines that say something. */
export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}
