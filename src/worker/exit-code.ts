import type { Failure } from '../results/fragment.ts';

/** Why a slice ended before its last combination. */
export type Interruption = 'terminated' | 'lifeline' | 'deadline' | 'cancelled';

export interface SliceEnd {
  readonly interruption: Interruption | undefined;
  readonly failures: readonly Pick<Failure, 'class' | 'again'>[];
  /** A fragment could not be written. */
  readonly storeTrouble: boolean;
  /** Because a right is missing. */
  readonly denied?: boolean;
}

/** The worker's exit code; the meaning of each is at the top of `main.ts`. */
export function exitCode({ interruption, failures, storeTrouble, denied = false }: SliceEnd): number {
  if (interruption === 'terminated' || interruption === 'lifeline') return 143;
  // The engine repeats 75 and 143; what was cancelled is never repeated.
  if (interruption === 'cancelled') return failures.length === 0 && !storeTrouble ? 0 : 1;
  // Nobody would learn what another attempt did.
  if (storeTrouble && denied) return 1;
  if (storeTrouble || failures.some((failure) => failure.again)) return 75;
  if (interruption === 'deadline') return 124;
  if (failures.length === 0) return 0;
  return failures.every((failure) => failure.class === 'timeout') ? 124 : 1;
}
