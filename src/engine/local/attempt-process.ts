import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { exitCodeOf } from '../exit-code.ts';
import { type AttemptExit, type AttemptPlace, attemptCommand, type WorkerSetup } from './attempt-command.ts';
import type { JobRecord } from './job-record.ts';
import { signal } from './process-search.ts';

export interface AttemptProcess {
  /** Also the number of its process group; undefined when no process could be made. */
  readonly pid: number | undefined;
  readonly exited: Promise<AttemptExit>;
  /** To the whole group. */
  signal(name: NodeJS.Signals): void;
  /** Keeps the log file within its bound. */
  boundLog(): void;
}

export function startAttempt(setup: WorkerSetup, job: JobRecord, place: AttemptPlace): AttemptProcess {
  const { log } = place;
  const trouble = job.container === undefined ? setup.imageTrouble?.(job.image) : undefined;
  if (trouble !== undefined) return neverStarted(trouble);
  const output = openSync(log, 'a+');
  const { program, args, env, settle } = attemptCommand(setup, job, place);
  const worker = spawn(program, args, {
    // A group (and session) of its own: Ctrl-C in the terminal reaches the engine only, which then stops it.
    detached: true,
    // The pipe is the lifeline: when this process dies, however, the worker reads its end and kills its group.
    stdio: ['pipe', output, output],
    env,
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
    exited: exitOf(worker).then(settle).finally(close),
    signal: (name) => {
      if (worker.pid !== undefined) signal(-worker.pid, name);
    },
    boundLog: () => {
      if (open) boundLog(output);
    },
  };
}

function neverStarted(detail: string): AttemptProcess {
  const exited = Promise.resolve({ exitCode: null, killed: false, detail });
  return { pid: undefined, exited, signal: () => undefined, boundLog: () => undefined };
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
