import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { workerEnvironment } from '../engine.ts';
import { exitCodeOf } from '../exit-code.ts';
import { childId, type JobRecord } from './job-record.ts';
import { signal } from './process-search.ts';

export interface WorkerSetup {
  readonly command: readonly string[];
  /** Absolute folder of the job table. */
  readonly directory: string;
  /** Folder put first on the program's PATH, by image name. */
  readonly imageBin: (imageName: string) => string | undefined;
}

export interface AttemptExit {
  /** 128 + n for signal n; null when no process could be made. */
  readonly exitCode: number | null;
  /** By a signal: it had no chance to end its program. */
  readonly killed: boolean;
  readonly detail?: string;
}

export interface AttemptProcess {
  /** Also the number of its process group; undefined when no process could be made. */
  readonly pid: number | undefined;
  readonly exited: Promise<AttemptExit>;
  /** To the whole group. */
  signal(name: NodeJS.Signals): void;
  /** Keeps the log file within its bound. */
  boundLog(): void;
}

export interface AttemptPlace {
  readonly child: number;
  readonly attempt: number;
  /** File for the worker's output. */
  readonly log: string;
  /** Folder that the worker makes and fills. */
  readonly work: string;
}

export function startAttempt(setup: WorkerSetup, job: JobRecord, place: AttemptPlace): AttemptProcess {
  const { log } = place;
  const output = openSync(log, 'a+');
  const [program = '', ...args] = setup.command;
  const worker = spawn(program, args, {
    // A group (and session) of its own: Ctrl-C in the terminal reaches the engine only, which then stops it.
    detached: true,
    // The pipe is the lifeline: when this process dies, however, the worker reads its end and kills its group.
    stdio: ['pipe', output, output],
    env: attemptEnvironment(setup, job, place),
  });
  // A worker that closes its stdin is its own business.
  worker.stdin?.on('error', () => undefined);
  let open = true;
  const close = () => {
    open = false;
    boundLog(output);
    closeSync(output);
  };
  return {
    pid: worker.pid,
    exited: exitOf(worker).finally(close),
    signal: (name) => {
      if (worker.pid !== undefined) signal(-worker.pid, name);
    },
    boundLog: () => {
      if (open) boundLog(output);
    },
  };
}

function attemptEnvironment(
  setup: WorkerSetup,
  job: JobRecord,
  { child, attempt, work }: AttemptPlace,
): NodeJS.ProcessEnv {
  const bin = setup.imageBin(job.image.name);
  // Of an engine that itself runs inside a Batch job: those name another job.
  const { [workerEnvironment.arrayIndex]: _index, ...inherited } = process.env;
  return {
    NODE_COMPILE_CACHE: join(setup.directory, 'compile-cache'),
    ...inherited,
    ...job.environment,
    [workerEnvironment.jobId]: childId(job, child),
    [workerEnvironment.attempt]: String(attempt),
    ...(job.size === 1 ? {} : { [workerEnvironment.arrayIndex]: String(child) }),
    MUSTER_LIFELINE: 'stdin',
    MUSTER_WORK_DIR: work,
    ...(bin === undefined ? {} : { MUSTER_PROGRAM_PATH: bin }),
  };
}

function exitOf(worker: ChildProcess): Promise<AttemptExit> {
  const { promise, resolve } = Promise.withResolvers<AttemptExit>();
  worker.once('error', (error) => {
    if (worker.pid === undefined)
      resolve({ exitCode: null, killed: false, detail: `cannot start: ${error.message}` });
  });
  worker.once('exit', (code, name) => resolve({ exitCode: exitCodeOf(code, name), killed: name !== null }));
  return promise;
}

/** Bytes of one attempt's log; the newest part of it is kept. */
const logBytes = 8 * 1024 * 1024;
const keptBytes = 256 * 1024;

/** The file is open for appending, so after the cut the worker goes on at its new end. */
function boundLog(file: number): void {
  const { size } = fstatSync(file);
  if (size <= logBytes) return;
  const kept = Buffer.alloc(keptBytes);
  const length = readSync(file, kept, 0, keptBytes, size - keptBytes);
  ftruncateSync(file, 0);
  writeSync(file, `[muster: this log passed ${logBytes / 2 ** 20} MiB; older lines were dropped]\n`);
  writeSync(file, kept.subarray(0, length));
}
