import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type JobImage, workerEnvironment } from '../engine.ts';
import { containerExit } from './container/ended.ts';
import { namesForContainer } from './container/environment.ts';
import { containerName, runArguments, workInside } from './container/run-command.ts';
import type { ContainerSettings } from './container/settings.ts';
import { childId, type JobRecord } from './job-record.ts';

export interface WorkerSetup {
  readonly command: readonly string[];
  /** Absolute folder of the job table. */
  readonly directory: string;
  /** Folder put first on the program's PATH, by image name. */
  readonly imageBin: (imageName: string) => string | undefined;
  /** Why the program of that folder is not the one that a job was submitted with. */
  readonly imageTrouble?: ((image: Pick<JobImage, 'name' | 'identity'>) => string | undefined) | undefined;
  readonly containers: ContainerSettings | undefined;
}

export interface AttemptExit {
  /** 128 + n for signal n; null when no process could be made. */
  readonly exitCode: number | null;
  /** By a signal: it had no chance to end its program. */
  readonly killed: boolean;
  readonly detail?: string;
}

export interface AttemptPlace {
  readonly child: number;
  readonly attempt: number;
  /** File for the worker's output. */
  readonly log: string;
  /** Folder that the worker makes and fills. */
  readonly work: string;
}

export interface AttemptCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What the end of the process says of the attempt. */
  readonly settle: (exit: AttemptExit) => AttemptExit | Promise<AttemptExit>;
}

export function attemptCommand(setup: WorkerSetup, job: JobRecord, place: AttemptPlace): AttemptCommand {
  if (job.container !== undefined) return containerCommand(setup, job, job.container, place);
  const [program = '', ...args] = setup.command;
  const bin = setup.imageBin(job.image.name);
  const env = {
    NODE_COMPILE_CACHE: join(setup.directory, 'compile-cache'),
    ...inherited(),
    ...toldTo(job, place, place.work),
    ...(bin === undefined ? {} : { MUSTER_PROGRAM_PATH: bin }),
  };
  return { program, args, env, settle: (exit) => exit };
}

/** Of an engine that itself runs inside a Batch job: that index is of another job. */
function inherited(): NodeJS.ProcessEnv {
  const { [workerEnvironment.arrayIndex]: _index, ...others } = process.env;
  return others;
}

/** What the engine says to the worker, wherever that runs. */
function toldTo(job: JobRecord, { child, attempt }: AttemptPlace, work: string): Record<string, string> {
  return {
    ...job.environment,
    [workerEnvironment.jobId]: childId(job, child),
    [workerEnvironment.attempt]: String(attempt),
    ...(job.size === 1 ? {} : { [workerEnvironment.arrayIndex]: String(child) }),
    MUSTER_LIFELINE: 'stdin',
    MUSTER_WORK_DIR: work,
  };
}

/** Docker's client stands for the container: it passes on signals, output, the exit code, and the lifeline. */
function containerCommand(
  { containers: settings }: WorkerSetup,
  job: JobRecord,
  container: NonNullable<JobRecord['container']>,
  place: AttemptPlace,
): AttemptCommand {
  if (settings === undefined) {
    throw new Error(`${job.id} runs in containers, and this engine was opened without settings for them`);
  }
  const { child, attempt, work, log } = place;
  // Docker mounts only what exists, and would make it as root.
  mkdirSync(work, { recursive: true });
  const told = toldTo(job, place, workInside(work));
  const variables = namesForContainer(told, process.env);
  const user = userOf();
  const args = runArguments({ settings, job, container, child, attempt, work, variables, ...user });
  const { docker } = settings;
  const name = containerName(job, child, attempt);
  const ended = { docker, name, log, startedAt: new Date(), memoryMib: job.resources.memoryMib };
  const env = { ...inherited(), ...told };
  return { program: docker, args, env, settle: (exit) => containerExit(ended, exit) };
}

/** What slices write belongs to whoever runs the engine. Windows has no such numbers. */
function userOf() {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return uid === undefined || gid === undefined ? {} : { user: { uid, gid } };
}
