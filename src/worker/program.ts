import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from '../files/faults.ts';
import { memoryKills, processNumbers, reapedCpuSeconds } from './proc.ts';
import { endGroup, killLeftovers } from './process-group.ts';
import type { ProgramLog } from './program-log.ts';
import { watchDisk, watchMemory } from './program-watch.ts';

export interface ProgramRequest {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Value of `MUSTER_ATTEMPT_ID` in the environment. */
  readonly attemptId: string;
  readonly log: ProgramLog;
  readonly deadlineSeconds: number;
  /** Between asking the program to end and killing it. */
  readonly graceSeconds: number;
  /** All that the program may fill. */
  readonly quota?: { readonly folder: string; readonly bytes: number };
  /** Aborted when the worker has to end: the program is asked to, and killed after the grace. */
  readonly stop: AbortSignal;
  /** Aborted when there is no time for that. */
  readonly kill: AbortSignal;
}

export type ProgramEnding =
  | { readonly kind: 'exited'; readonly code: number }
  /** `outOfMemory`: the kernel says so; `undefined` when it cannot be asked. */
  | { readonly kind: 'killed'; readonly signal: string; readonly outOfMemory: boolean | undefined }
  | { readonly kind: 'not-started'; readonly reason: string }
  | { readonly kind: 'stopped'; readonly why: 'timeout' | 'disk' | 'interrupted' };

export interface ProgramEnd {
  readonly ending: ProgramEnding;
  readonly seconds: number;
  readonly cpuSeconds: number | null;
  readonly peakMemoryBytes: number | null;
  /** Processes that were still there when the program had ended, and were killed. */
  readonly leftBehind: number;
}

/**
 * In less than this many milliseconds no machine uses up all process numbers (32,768 at least), so that a number which
 * was in use before is still the same process. Looking at each would take longer than many a short program.
 */
const shortProgram = 2000;

/** Runs a program in its own process group until it has ended, and everything it started with it. */
export async function runProgram(request: ProgramRequest): Promise<ProgramEnd> {
  const started = performance.now();
  const cpuBefore = reapedCpuSeconds();
  const killsBefore = memoryKills();
  const numbersBefore = processNumbers();
  const child = start(request);
  if (typeof child === 'string') return notStarted(child);
  const pid = await spawned(child, request.argv[0] ?? '');
  if (typeof pid === 'string') return notStarted(pid);

  const exited = once(child, 'exit');
  const stopper = stopRules(request, pid, exited);
  const memory = watchMemory(pid);
  // `exit` comes with the code or the signal, never with neither.
  const [code, signal] = (await exited) as [number | null, NodeJS.Signals | null];
  stopper.done();
  const isShort = performance.now() - started < shortProgram;
  const leftBehind = await killLeftovers(pid, request.attemptId, isShort ? numbersBefore : new Set());
  await outputEnded(child);
  const cpuAfter = reapedCpuSeconds();
  return {
    ending: endingOf(code, signal, stopper.why(), killsBefore),
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
    peakMemoryBytes: memory.peak(),
    leftBehind,
  };
}

function start(request: ProgramRequest): ChildProcess | string {
  const [command, ...rest] = request.argv;
  if (command === undefined) return 'the command is empty';
  try {
    const child = spawn(command, rest, {
      cwd: request.folder,
      env: request.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A session and process group of its own, which one signal reaches.
      detached: true,
    });
    child.stdout.on('data', (chunk: Buffer) => request.log.write(chunk));
    child.stderr.on('data', (chunk: Buffer) => request.log.write(chunk));
    return child;
  } catch (error) {
    // Arguments that no system takes, such as a NUL character.
    return error instanceof Error ? error.message : String(error);
  }
}

async function spawned(child: ChildProcess, command: string): Promise<number | string> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    return spawnFault(error, command);
  }
  return child.pid ?? 'it has no process id';
}

function spawnFault(error: unknown, command: string): string {
  switch (errorCode(error)) {
    case 'ENOENT':
      return `${command} was not found. Is it on the PATH (docker/<image>/bin on this machine), and the interpreter of its first line there?`;
    case 'EACCES':
      return `${command} may not be executed (chmod +x)`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function notStarted(reason: string): ProgramEnd {
  const ending: ProgramEnding = { kind: 'not-started', reason };
  return { ending, seconds: 0, cpuSeconds: null, peakMemoryBytes: null, leftBehind: 0 };
}

type StopReason = 'timeout' | 'disk' | 'interrupted';

/** Everything that may end the program before its time: the first one counts. */
function stopRules(request: ProgramRequest, pid: number, exited: Promise<unknown>) {
  let why: StopReason | undefined;
  const stop = (reason: StopReason, grace: number) => {
    why ??= reason;
    void endGroup(pid, grace, exited);
  };
  const interrupt = () => stop('interrupted', request.kill.aborted ? 0 : request.graceSeconds);
  const kill = () => stop('interrupted', 0);
  // Node's timers hold 31 bits of milliseconds.
  const deadline = setTimeout(
    () => stop('timeout', request.graceSeconds),
    Math.min(request.deadlineSeconds * 1000, 2 ** 31 - 1),
  );
  const disk = request.quota && watchDisk(request.quota, () => stop('disk', 0));
  if (request.stop.aborted) interrupt();
  request.stop.addEventListener('abort', interrupt, { once: true });
  request.kill.addEventListener('abort', kill, { once: true });
  return {
    why: () => why,
    done: () => {
      clearTimeout(deadline);
      disk?.stop();
      request.stop.removeEventListener('abort', interrupt);
      request.kill.removeEventListener('abort', kill);
    },
  };
}

/** The pipes close when their last writer has ended; a second is enough to read what is left in them. */
async function outputEnded(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr].filter(
    (stream): stream is Readable => stream?.closed === false,
  );
  await Promise.race([
    Promise.all(streams.map((stream) => once(stream, 'close'))),
    sleep(1000, undefined, { ref: false }),
  ]);
  for (const stream of streams) stream.destroy();
}

function endingOf(
  code: number | null,
  signal: NodeJS.Signals | null,
  why: StopReason | undefined,
  killsBefore: number | null,
): ProgramEnding {
  if (why !== undefined) return { kind: 'stopped', why };
  if (signal === null) return { kind: 'exited', code: code ?? 1 };
  const kills = memoryKills();
  const outOfMemory = kills === null || killsBefore === null ? undefined : kills > killsBefore;
  return { kind: 'killed', signal, outOfMemory };
}
