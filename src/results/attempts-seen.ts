import type { Fragment, InstanceRecord } from './fragment.ts';

/** What the fragments tell of one attempt of one slice. */
export interface SeenAttempt {
  readonly job: string;
  readonly attempt: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Of its newest part. */
  readonly endedAt: number;
  /** It went through its whole slice. */
  readonly complete: boolean;
  /** Of its combinations, everything included. */
  readonly workMilliseconds: number;
  readonly programMilliseconds: number;
  /** Of combinations that another attempt has to do again. */
  readonly repeatedMilliseconds: number;
  readonly instance?: InstanceRecord;
}

/** Gathers attempts from fragments, in any order: sums are of whole milliseconds. One small object an attempt. */
export class AttemptsSeen {
  readonly #slices = new Map<string, SeenAttempt[]>();

  add(fragment: Fragment): void {
    const key = `${fragment.round}/${fragment.slice}`;
    const attempts = this.#slices.get(key) ?? [];
    this.#slices.set(key, attempts);
    const part = attemptOf(fragment);
    const known = attempts.findIndex(({ job, attempt }) => job === part.job && attempt === part.attempt);
    const one = attempts[known];
    if (one === undefined) attempts.push(part);
    else attempts[known] = together(one, part);
  }

  of(round: number, slice: number): readonly SeenAttempt[] {
    return this.#slices.get(`${round}/${slice}`) ?? [];
  }
}

function attemptOf({ job, attempt, complete, combinations, instance, ...fragment }: Fragment): SeenAttempt {
  const sum = { work: 0, program: 0, repeated: 0 };
  for (const { usage, failure } of combinations) {
    sum.work += milliseconds(usage.totalSeconds);
    sum.program += milliseconds(usage.seconds);
    if (failure?.again === true) sum.repeated += milliseconds(usage.totalSeconds);
  }
  const endedAt = Date.parse(fragment.writtenAt);
  // Older workers do not say when they began: then their first combination does.
  const began =
    fragment.startedAt === undefined ? combinations.map((one) => one.startedAt) : [fragment.startedAt];
  return {
    ...{ job, attempt, complete, endedAt },
    startedAt: began.reduce((earliest, at) => Math.min(earliest, Date.parse(at)), endedAt),
    workMilliseconds: sum.work,
    programMilliseconds: sum.program,
    repeatedMilliseconds: sum.repeated,
    ...(instance !== undefined && { instance }),
  };
}

function together(one: SeenAttempt, other: SeenAttempt): SeenAttempt {
  return {
    ...one,
    startedAt: Math.min(one.startedAt, other.startedAt),
    endedAt: Math.max(one.endedAt, other.endedAt),
    complete: one.complete || other.complete,
    workMilliseconds: one.workMilliseconds + other.workMilliseconds,
    programMilliseconds: one.programMilliseconds + other.programMilliseconds,
    repeatedMilliseconds: one.repeatedMilliseconds + other.repeatedMilliseconds,
  };
}

const milliseconds = (seconds: number) => Math.round(seconds * 1000);
