import { randomBytes } from 'node:crypto';
import type { ResolvedProgram } from '../grid/grid.ts';
import type { SliceContext, Unit } from './context.ts';
import { type Circumstances, failureOf, WorkFailure } from './failure.ts';
import { folderBytes } from './found-files.ts';
import { graceSeconds } from './grace.ts';
import { type ProgramEnd, runProgram } from './program.ts';
import { programEnvironment } from './program-environment.ts';
import type { ProgramLog } from './program-log.ts';
import { diskIsFull } from './work-directory.ts';

const bytesPerGib = 1024 ** 3;

/** Runs one command of the unit in its work directory, with all that bounds it. */
export async function execute(
  context: SliceContext,
  unit: Unit,
  resolved: ResolvedProgram,
  command: {
    readonly argv: readonly string[];
    readonly deadlineSeconds: number;
    readonly log: ProgramLog;
  },
): Promise<ProgramEnd> {
  const { assignment, scratch, settings, environment, interrupt, deps } = context;
  const { scratchGib } = assignment.resources;
  const attemptId = `${settings.job}/${settings.attempt}/${unit.first.index}/${randomBytes(8).toString('hex')}`;
  const end = await runProgram({
    ...command,
    folder: scratch.work,
    environment: programEnvironment({
      inherited: environment,
      declared: resolved.environment,
      combination: unit.first,
      credentials: resolved.credentials,
      temporary: scratch.temporary,
      attemptId,
      ...(settings.programPath === undefined ? {} : { programPath: settings.programPath }),
    }),
    attemptId,
    graceSeconds: deps.graceSeconds ?? graceSeconds,
    ...(scratchGib === undefined
      ? {}
      : { quota: { folder: scratch.space, bytes: scratchGib * bytesPerGib } }),
    stop: interrupt.signal,
    kill: interrupt.atOnce,
  });
  if (end.leftBehind > 0) {
    deps.log(`${unit.first.label} left ${end.leftBehind} processes behind; they were killed`);
  }
  return end;
}

/** Throws a `WorkFailure` unless the command ended well. */
export function requireGoodEnd(
  { assignment, scratch }: SliceContext,
  end: ProgramEnd,
  subject: Circumstances['subject'],
  timeoutSeconds: number,
): void {
  const { scratchGib } = assignment.resources;
  // A program can fill its space and end between two looks.
  const overQuota =
    scratchGib !== undefined &&
    end.ending.kind !== 'stopped' &&
    folderBytes(scratch.space) > scratchGib * bytesPerGib;
  const verdict = failureOf(overQuota ? { kind: 'stopped', why: 'disk' } : end.ending, {
    subject,
    onExit: assignment.grid.retry.onExit,
    timeoutSeconds,
    scratchGib,
    diskFull: diskIsFull(scratch.root),
  });
  if (verdict !== undefined) throw new WorkFailure(verdict);
}
