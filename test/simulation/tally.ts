import type { SeedReport } from './simulate.ts';

/** What many seeds come to. */
export class SeedTally {
  seeds = 0;
  /** Seconds of virtual time. */
  seconds = 0;
  readonly failed: SeedReport[] = [];
  /** By what happened: how often, and in how many seeds. */
  readonly happened = new Map<string, { times: number; seeds: number }>();

  add(report: SeedReport): void {
    this.seeds += 1;
    this.seconds += report.seconds;
    if (report.violations.length > 0) this.failed.push(report);
    for (const [what, times] of Object.entries(report.happened)) {
      const sum = this.happened.get(what) ?? { times: 0, seeds: 0 };
      this.happened.set(what, { times: sum.times + times, seeds: sum.seeds + 1 });
    }
  }

  /** Seeds by the invariant that was violated first. */
  byInvariant(): ReadonlyMap<string, readonly SeedReport[]> {
    return Map.groupBy(this.failed, ({ violations }) => violations[0]?.invariant ?? '');
  }

  /** Of what a simulation has to reach to prove anything, what it did not. */
  missed(cases: readonly string[]): readonly string[] {
    return cases.filter((what) => !this.happened.has(what));
  }
}

/** Cases that a few hundred seeds reach many times. */
export const common = [
  'killed before',
  'killed after',
  'stood still for longer than a lease',
  'store: refused',
  'store: answer lost',
  'Batch: "throttle"',
  'Batch: "lost-request"',
  'Batch: "lost-answer"',
  'Batch: "error"',
  'Batch: "error-after"',
  'Batch: slow',
  'array-adopted',
  'host lost',
  'another attempt',
  'stopped: budget',
  'stopped: by a person',
  'round opened: rerun',
  'review merged',
  'combination succeeded',
  'combination failed',
  'combination missing',
  'submitted after standing still',
  'cost judged',
] as const;

/** Cases that a few thousand seeds reach. */
export const rare = [
  'killed before SubmitJob',
  'killed after SubmitJob',
  'Batch: given up on',
  'Batch: "denied"',
  'Batch: "expired"',
  'queue disabled',
  'image could not be pulled',
  'array unknown',
  'array-refused',
  'a second job of an array',
  'namesake-terminated',
  'stood still after SubmitJob',
  'left-for-later',
  'array unknown',
  'abandoned for 6.5 days',
  'a stranger has the name of a job',
  'stopped: failures',
  'round opened: rest',
  'rerun missing: opened',
  'rerun all: opened',
] as const;
