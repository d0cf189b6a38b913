import type { Failure } from '../results/fragment.ts';
import type { ProgramEnding } from './program.ts';

/** A failure without the program's last lines, which are added where it is recorded. */
export type Verdict = Omit<Failure, 'tail'>;

/** Thrown where preparing, checking or storing the work of a combination fails. */
export class WorkFailure extends Error {
  override readonly name = 'WorkFailure';
  readonly verdict: Verdict;

  constructor(
    verdict: Pick<Verdict, 'class' | 'message' | 'again'> & Partial<Verdict>,
    options?: ErrorOptions,
  ) {
    super(verdict.message, options);
    this.verdict = { exitCode: null, signal: null, ...verdict };
  }
}

export interface Circumstances {
  /** Whose end it is. */
  readonly subject: 'the program' | 'verify';
  /** Exit codes after which another attempt is worth it. */
  readonly onExit: readonly number[];
  readonly timeoutSeconds: number;
  readonly scratchGib: number | undefined;
  /** The file system of the work directory has no room left. */
  readonly diskFull: boolean;
}

/** What a program's end means; `undefined` when it ended well, which alone proves nothing. */
export function failureOf(ending: ProgramEnding, circumstances: Circumstances): Verdict | undefined {
  switch (ending.kind) {
    case 'exited':
      return ending.code === 0 ? undefined : exited(ending.code, circumstances);
    case 'killed':
      return killed(ending.signal, ending.outOfMemory, circumstances);
    case 'not-started':
      return permanent('start', `${circumstances.subject} could not be started: ${ending.reason}`);
    case 'stopped':
      return stopped(ending.why, circumstances);
  }
}

function exited(code: number, { subject, onExit, diskFull }: Circumstances): Verdict {
  if (diskFull) return { ...fullDisk, exitCode: code };
  const again = onExit.includes(code);
  // A shell reports a child that the kernel killed as 137 (128 + SIGKILL).
  if (code === 137) return { ...permanent('memory', outOfMemory(subject, undefined)), exitCode: code, again };
  return { ...permanent(ownClass[subject], `${subject} exited with ${code}`), exitCode: code, again };
}

function killed(signal: string, byKernel: boolean | undefined, circumstances: Circumstances): Verdict {
  const { subject, onExit, diskFull } = circumstances;
  if (diskFull) return { ...fullDisk, signal };
  const again = signal in signalCodes && onExit.includes(128 + (signalCodes[signal] ?? 0));
  // Nobody else sends SIGKILL into a container. The kernel's count is of the whole memory group: another signal at the
  // time of a neighbour's end says nothing about memory.
  if (signal === 'SIGKILL') {
    return { ...permanent('memory', outOfMemory(subject, byKernel)), signal, again };
  }
  return { ...permanent(ownClass[subject], `${subject} was ended by ${signal}`), signal, again };
}

/** A program that fails, fails; a check that fails says that the outputs are not good. */
const ownClass = { 'the program': 'program', verify: 'output' } as const;

const outOfMemory = (subject: string, certain: boolean | undefined) =>
  `${subject} was killed: ${certain === true ? 'it ran out of memory' : 'most likely it ran out of memory'}; ask for more in resources.memory`;

/** As a shell counts them: 128 + the signal's number. */
const signalCodes: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

function stopped(
  why: 'timeout' | 'disk' | 'interrupted',
  { subject, timeoutSeconds, scratchGib }: Circumstances,
): Verdict {
  switch (why) {
    case 'timeout':
      return permanent('timeout', `${subject} was stopped at the timeout of ${timeoutSeconds} s`);
    case 'disk':
      return permanent('disk', `${subject} was killed: it filled the scratch space of ${scratchGib} GiB`);
    case 'interrupted':
      return { ...permanent('cancelled', 'the worker was interrupted'), again: true };
  }
}

const fullDisk: Verdict = {
  class: 'disk',
  message: 'the disk of the work directory is full',
  exitCode: null,
  signal: null,
  // Others fill the same disk: elsewhere, or later, there may be room.
  again: true,
};

function permanent(kind: Failure['class'], message: string): Verdict {
  return { class: kind, message, exitCode: null, signal: null, again: false };
}
