import type { z } from 'zod';
import type { PlanEngine } from '../../src/plan/queues.ts';
import type { fragmentSchema } from '../../src/results/fragment.ts';
import { isOpen, isSettled, recordedJob } from '../../src/run/array-state.ts';
import { meterTerms } from '../../src/run/price.ts';
import type {
  ArrayRecord,
  PublishedRecord,
  RoundRecord,
  RunRecord,
  StateRecord,
} from '../../src/run/records.ts';
import { type Execution, type JobPlace, type Ledger, placeOf } from './ledger.ts';
import { runningTask } from './scheduler.ts';
import type { Witness } from './watched-store.ts';

export interface Violation {
  readonly invariant: string;
  readonly what: string;
}

interface Truth {
  readonly ledger: Ledger;
  readonly planEngine: PlanEngine;
  /** Milliseconds of virtual time. */
  now(): number;
  /** Jobs of the engine that have not ended. */
  openJobs(): readonly string[];
  /** Jobs that somebody asked to stop. */
  readonly told: ReadonlySet<string>;
  /** Whether the engine still knows of a job. */
  remembers(jobId: string): boolean;
  /** A first intent of an array was written. */
  intended(record: ArrayRecord): void;
  /** Somebody has taken the lease of an array. */
  submitting(): void;
  violation(invariant: string, what: string): void;
}

/** Whoever looks next finds its job, or looks for others of its name. */
const mayComeTo = (record: ArrayRecord | undefined) => record !== undefined && isOpen(record);

/** Holds every write and every execution against what the promises say (design, sections 1 and 15). */
export class Invariants implements Witness {
  readonly #truth: Truth;
  runRecord: RunRecord | undefined;
  stateRecord: StateRecord | undefined;
  publishedRecord: PublishedRecord | undefined;
  hasMarker = false;
  readonly rounds = new Map<number, RoundRecord>();
  readonly #roundAt = new Map<number, number>();
  readonly arrays = new Map<string, ArrayRecord>();
  /** By process: jobs that it must not leave as they are. */
  readonly #made = new Map<string, { readonly job: string; readonly why: string }[]>();
  /** Jobs whose makers left them to whoever looks for them, by the array. */
  readonly #left = new Map<string, { readonly job: string; readonly owner: string }[]>();
  /** Processes that said that something is left to do. */
  readonly #complained = new Set<string>();
  /** When a job was recorded for an array. */
  readonly recordedAt = new Map<string, number>();

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  run(record: RunRecord): void {
    this.runRecord = record;
  }

  round(record: RoundRecord): void {
    if (this.rounds.has(record.round)) return;
    this.rounds.set(record.round, record);
    this.#roundAt.set(record.round, this.#truth.now());
    if (record.round > 0) this.#truth.ledger.count(`round opened: ${record.reason}`);
  }

  marker(present: boolean): void {
    this.hasMarker = present;
  }

  published(record: PublishedRecord): void {
    this.publishedRecord = record;
    this.#truth.ledger.count('published');
  }

  state(record: StateRecord): void {
    const before = this.stateRecord;
    this.stateRecord = record;
    const { ledger } = this.#truth;
    if (record.lastWatch !== null && record.lastWatch !== before?.lastWatch)
      ledger.looks.push(this.#truth.now());
    if (before?.phase.phase !== record.phase.phase) ledger.count(`phase: ${record.phase.phase}`);
    if (record.phase.phase === 'published' && before?.phase.phase !== 'published') this.#onPublished();
  }

  /** No job is left running after the run has ended. */
  #onPublished(): void {
    const known = new Set([...this.arrays.values()].map(recordedJob));
    for (const job of this.#truth.openJobs()) {
      const excused = [...this.#truth.ledger.jobs.values()]
        .flat()
        .some((one) => one.jobId === job && !known.has(job));
      // A job that nobody recorded is known of only where somebody stood still past the lease; it ends without work.
      if (!excused)
        this.#truth.violation('no job is left running', `${job} runs on after the run was published`);
    }
  }

  array(place: JobPlace, record: ArrayRecord): void {
    const before = this.arrays.get(placeOf(place));
    this.arrays.set(placeOf(place), record);
    const job = recordedJob(record);
    if (before === undefined && record.state === 'intended') this.#truth.intended(record);
    if (record.state === 'submitting') this.#truth.submitting();
    if (job !== undefined) this.#checkRecorded(place, job, before);
    if (job !== undefined && (before === undefined || recordedJob(before) === undefined)) {
      this.recordedAt.set(placeOf(place), this.#truth.now());
    }
    if (before !== undefined && isSettled(before)) {
      this.#truth.violation(
        'an array ends once',
        `${placeOf(place)} goes from ${before.state} to ${record.state}`,
      );
    }
    this.#judgeLeft(placeOf(place), record);
    if (record.state === 'unknown') this.#onGivenUp(place);
    this.#checkMeter(place, record);
  }

  /** A job that works, or did, is worth more than its array given up. */
  #onGivenUp(place: JobPlace): void {
    const { ledger, told } = this.#truth;
    ledger.count('array unknown');
    for (const { jobId, excused } of ledger.jobs.get(placeOf(place)) ?? []) {
      if (excused || told.has(jobId) || !this.#truth.remembers(jobId)) continue;
      this.#truth.violation('a job that can be found is not given up', `${placeOf(place)} has ${jobId}`);
    }
  }

  /** Only what was asked for this very array is recorded for it. */
  #checkRecorded(place: JobPlace, job: string, before: ArrayRecord | undefined): void {
    if (before !== undefined && recordedJob(before) === job) return;
    const made = this.#truth.ledger.jobs.get(placeOf(place)) ?? [];
    if (!made.some(({ jobId }) => jobId === job)) {
      this.#truth.violation(
        'only jobs of the array are adopted',
        `${job} was not made for ${placeOf(place)}`,
      );
    }
    const owner = runningTask()?.name;
    if (owner === undefined) return;
    const own = this.#made.get(owner) ?? [];
    if (this.stateRecord?.phase.phase === 'cancelling')
      own.push({ job, why: 'was recorded while the run was being cancelled' });
    this.#made.set(owner, own);
  }

  /** A submitter was told of the job that it made. */
  answered(owner: string, job: string): void {
    this.#made.set(owner, [
      ...(this.#made.get(owner) ?? []),
      { job, why: 'was made, but another one is recorded' },
    ]);
  }

  /**
   * A process that comes to its end leaves no job behind that nobody wants: it has told it to stop, or the record of the
   * array says that there is something left to do. Where it was refused that, it has said so; then an array that has
   * settled keeps no record of it, and the job does no work.
   */
  leave(owner: string, told: ReadonlySet<string>): void {
    const complained = this.#complained.has(owner);
    const recorded = new Set([...this.arrays.values()].map(recordedJob));
    for (const { job, why } of this.#made.get(owner) ?? []) {
      const isMade = why.startsWith('was made');
      if (told.has(job) || (isMade && recorded.has(job)) || this.#hasEnded(job)) continue;
      const place = this.#placeOfJob(job);
      const record = place === undefined ? undefined : this.arrays.get(place);
      if (place !== undefined && isMade && mayComeTo(record)) {
        this.#left.set(place, [...(this.#left.get(place) ?? []), { job, owner }]);
        continue;
      }
      if (complained && (!isMade || (record !== undefined && isSettled(record)))) continue;
      this.#truth.violation('what nobody wants is told to stop', `${owner}: ${job} ${why}, and runs on`);
    }
  }

  /** What has ended by itself, or because its workers found themselves surplus, needs to be told nothing. */
  #hasEnded(job: string): boolean {
    return !this.#truth.openJobs().includes(job);
  }

  toldOf(owner: string | undefined): void {
    if (owner !== undefined) this.#complained.add(owner);
  }

  #placeOfJob(job: string): string | undefined {
    for (const [place, jobs] of this.#truth.ledger.jobs) {
      if (jobs.some(({ jobId }) => jobId === job)) return place;
    }
    return undefined;
  }

  /** What was left to others is recorded, stopped, or has ended, once the record says that nothing is left to do. */
  #judgeLeft(place: string, record: ArrayRecord): void {
    if (mayComeTo(record)) return;
    const kept = recordedJob(record);
    for (const { job, owner } of this.#left.get(place) ?? []) {
      if (job === kept || this.#truth.told.has(job) || this.#hasEnded(job)) continue;
      // Given up without a job: one that came up meanwhile finds itself surplus, and ends without work.
      if (kept === undefined) continue;
      this.#truth.violation(
        'what is left to others is told to stop',
        `${owner}: ${job} runs on beside ${kept}`,
      );
    }
    this.#left.delete(place);
  }

  /** What was metered is never less than what the containers of the job have cost by the time of the counts. */
  #checkMeter(place: JobPlace, record: ArrayRecord): void {
    const round = this.rounds.get(place.round);
    const array = round?.arrays[place.array];
    if (round === undefined || array === undefined) return;
    if (record.state !== 'submitted' && record.state !== 'ended') return;
    if (record.counts === null) return;
    const { succeeded, failed } = record.counts;
    // Batch has forgotten the job: nobody can tell what it cost after the last look.
    if (record.state === 'ended' && succeeded + failed < array.slices) return;
    // What ended is settled: nothing may be left out any more.
    const until = record.state === 'ended' ? this.#truth.now() : Date.parse(record.countsAt ?? '');
    const usd = this.#usd(round, array, record.submission.handle.jobId, until);
    if (usd > record.meteredUsd + 1e-9) {
      this.#truth.violation(
        'metered >= true cost',
        `${placeOf(place)}: metered $${record.meteredUsd.toFixed(5)}, but containers cost $${usd.toFixed(5)} by ${new Date(until).toISOString()}: ${JSON.stringify(record)}`,
      );
    }
  }

  #usd(round: RoundRecord, array: RoundRecord['arrays'][number], job: string, until: number): number {
    const { usdPerSliceHour } = meterTerms(this.#truth.planEngine, round, array);
    const ms = this.#truth.ledger.milliseconds((container) => container.job === job, until);
    return (ms / 3_600_000) * usdPerSliceHour;
  }

  /** Of all containers of all jobs, recorded or not. */
  trueUsd(): number {
    let usd = 0;
    for (const container of this.#truth.ledger.containers) {
      const round = this.rounds.get(container.round);
      const array = round?.arrays[container.array];
      if (round === undefined || array === undefined) continue;
      const ms = (container.to ?? this.#truth.now()) - container.from;
      usd += (ms / 3_600_000) * meterTerms(this.#truth.planEngine, round, array).usdPerSliceHour;
    }
    return usd;
  }

  fragment(fragment: z.infer<typeof fragmentSchema>): void {
    const { round, array, job, attempt } = fragment;
    for (const { index, state } of fragment.combinations) {
      this.#truth.ledger.written.push({ round, array, job, attempt, index, state, at: this.#truth.now() });
    }
  }

  /** At most one job works, and nothing that succeeded is executed again. */
  execution(execution: Execution): void {
    const { container, recorded, index, round } = execution;
    const { ledger } = this.#truth;
    ledger.count('executed');
    if (recorded !== undefined && recorded !== container.job) {
      this.#truth.violation(
        'one job works',
        `${container.job} executes combination ${index} of ${placeOf(execution)}, whose job is ${recorded}`,
      );
    }
    const again = this.rounds.get(round)?.again === true;
    const roundAt = this.#roundAt.get(round) ?? 0;
    for (const written of ledger.written) {
      if (written.index !== index || written.state !== 'succeeded') continue;
      const earlierRound = written.round < round && written.at < roundAt && !again;
      const earlierAttempt = written.round === round && written.at < container.from;
      if (!earlierRound && !earlierAttempt) continue;
      this.#truth.violation(
        'what succeeded is not executed again',
        `combination ${index} is executed by ${container.job} #${container.attempt} in round ${round}, but succeeded in round ${written.round} as ${written.job} #${written.attempt}`,
      );
      return;
    }
  }

  /** SubmitJob made a job; `excused`: its submitter had stood still for longer than the lease allows for. */
  jobMade(place: JobPlace, jobId: string, excused: boolean): void {
    const { ledger } = this.#truth;
    const jobs = ledger.jobs.get(placeOf(place)) ?? [];
    jobs.push({ jobId, excused, at: this.#truth.now() });
    ledger.jobs.set(placeOf(place), jobs);
    const record = this.arrays.get(placeOf(place));
    if (!excused && (record === undefined || record.state === 'intended')) {
      this.#truth.violation(
        'no job without an intent',
        `${jobId} was made for ${placeOf(place)}: ${record?.state}`,
      );
    }
    if (jobs.length === 1) return;
    ledger.count('a second job of an array');
    if (jobs.some((job) => job.excused)) return;
    const others = jobs.map((job) => job.jobId).join(', ');
    this.#truth.violation(
      'one job an array',
      `${placeOf(place)} has the jobs ${others}; recorded: ${record === undefined ? '' : recordedJob(record)}`,
    );
  }
}
