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

  /** What a simulation has to reach to prove anything, and did not. */
  missed(): readonly string[] {
    return mustHappen.filter((what) => !this.happened.has(what));
  }
}

/** Cases that a few hundred seeds reach. */
export const mustHappen = [
  'killed before',
  'killed after',
  'killed after SubmitJob',
  'killed before SubmitJob',
  'stood still for longer than a lease',
  'store: refused',
  'store: answer lost',
  'Batch: "throttle"',
  'Batch: "lost-request"',
  'Batch: "lost-answer"',
  'Batch: "error"',
  'Batch: "error-after"',
  'Batch: "denied"',
  'Batch: "expired"',
  'Batch: slow',
  'Batch: given up on',
  'queue disabled',
  'image could not be pulled',
  'array-adopted',
  'array-refused',
  'host lost',
  'another attempt',
  'stopped: budget',
  'stopped: failures',
  'stopped: by a person',
  'round opened: rest',
  'round opened: rerun',
  'review merged',
  'combination succeeded',
  'combination failed',
  'combination missing',
  'cost judged',
] as const;
