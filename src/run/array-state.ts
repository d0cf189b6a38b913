import type { Observation } from '../engine/engine.ts';
import { atEnd, atSubmission, type MeterTerms, meter } from '../money/meter.ts';
import type { ArrayIn, ArrayRecord, SubmissionRecord } from './records.ts';

/**
 * The life of one array (design, section 5):
 * `intended -> submitting -> submitted -> ended`, aside `unknown` and `cancelled`.
 * Everything here is pure; every arrow becomes a compare-and-swap on the array's record.
 */

/** Only the holder of the lease calls SubmitJob. */
export const leaseSeconds = 180;
/** SubmitJob is never called with less of the lease left: call timeout 30 s, and as much again to record. */
export const leaseReserveSeconds = 60;
/** Batch forgets after 7 days (AB 2.3): an intent older than this could be submitted a second time. */
export const intentDays = 6;

const secondsAfter = (date: Date, seconds: number) => new Date(date.getTime() + seconds * 1000).toISOString();
const secondsUntil = (iso: string, now: Date) => (Date.parse(iso) - now.getTime()) / 1000;

export function intend(name: string, queue: string, now: Date): ArrayIn<'intended'> {
  return { state: 'intended', name, queue, at: now.toISOString() };
}

/** What a submitter that comes by should do with this array. */
export type SubmissionStep =
  /** Nothing to submit any more. */
  | { readonly step: 'settled' }
  /** Another submitter holds the lease. */
  | { readonly step: 'wait'; readonly seconds: number }
  /** Write this record; then submit at once, since nobody ever tried. */
  | { readonly step: 'submit'; readonly record: ArrayIn<'submitting'> }
  /** Write this record; then look for a job that a dead submitter may have made before submitting. */
  | { readonly step: 'look'; readonly record: ArrayIn<'submitting'> };

/** `ownerGone`: the holder is known to be dead (a process of this machine), so its lease need not run out. */
export function submissionStep(
  record: ArrayRecord,
  owner: string,
  now: Date,
  ownerGone = false,
): SubmissionStep {
  switch (record.state) {
    case 'intended':
      if (record.doubtful) return { step: 'look', record: lease(record, owner, record.at, now) };
      return { step: 'submit', record: lease(record, owner, now.toISOString(), now) };
    case 'submitting': {
      const left = secondsUntil(record.leaseUntil, now);
      if (left > 0 && !ownerGone) return { step: 'wait', seconds: left };
      return { step: 'look', record: lease(record, owner, record.firstTriedAt, now) };
    }
    default:
      return { step: 'settled' };
  }
}

function lease(
  record: ArrayIn<'intended' | 'submitting'>,
  owner: string,
  firstTriedAt: string,
  now: Date,
): ArrayIn<'submitting'> {
  const { name, queue } = record;
  return {
    state: 'submitting',
    name,
    queue,
    owner,
    firstTriedAt,
    leaseUntil: secondsAfter(now, leaseSeconds),
  };
}

/** Whether the holder may still call SubmitJob. */
export function maySubmit(record: ArrayIn<'submitting'>, owner: string, now: Date): boolean {
  return record.owner === owner && secondsUntil(record.leaseUntil, now) >= leaseReserveSeconds;
}

/** A job of it may have ended and been forgotten: what is found is adopted, but nothing is submitted any more. */
export const isStale = ({ firstTriedAt }: ArrayIn<'submitting'>, now: Date) =>
  -secondsUntil(firstTriedAt, now) > intentDays * 86_400;

/** A look that fails for so long (a queue that was deleted) will never come to anything, and the run must end. */
export const isForsaken = ({ firstTriedAt }: ArrayIn<'submitting'>, now: Date) =>
  -secondsUntil(firstTriedAt, now) > 2 * intentDays * 86_400;

/**
 * Whether the record may still come to a job that was made for it: then its maker leaves it to whoever looks for it,
 * and else stops it.
 */
export function mayAdopt(record: ArrayRecord | undefined): boolean {
  return record?.state === 'intended' || record?.state === 'submitting';
}

/** `doubtfulSince`: another job of this name may exist. */
export function submitted(
  record: ArrayIn<'submitting'>,
  submission: SubmissionRecord,
  doubtfulSince?: string,
): ArrayIn<'submitted'> {
  return {
    state: 'submitted',
    name: record.name,
    queue: record.queue,
    submission,
    counts: null,
    countsAt: null,
    meteredUsd: 0,
    ...(doubtfulSince !== undefined && { doubtfulSince }),
  };
}

/** Something is left to do for whoever submits. */
export function isOpen(record: ArrayRecord): boolean {
  if (record.state === 'submitted') return record.doubtfulSince !== undefined;
  return record.state === 'intended' || record.state === 'submitting';
}

/** Another job of its name is left. */
export function doubted(record: ArrayIn<'submitted'>, now: Date): ArrayIn<'submitted'> {
  return { ...record, doubtfulSince: now.toISOString() };
}

/** No other job of its name can be left. */
export function certain({ doubtfulSince: _, ...record }: ArrayIn<'submitted'>): ArrayIn<'submitted'> {
  return record;
}

/** The engine refused for good, or the intent is too old: settled from fragments. */
export function forgo(record: ArrayIn<'intended' | 'submitting'>, why: string, now: Date): ArrayRecord {
  return {
    state: 'unknown',
    name: record.name,
    queue: record.queue,
    why,
    submission: null,
    at: now.toISOString(),
  };
}

export interface Release {
  /** An answer was lost: nobody knows whether the job exists. */
  readonly doubtful: boolean;
  /** Why the engine refuses, until a person mends it. */
  readonly refused?: { readonly why: string; readonly fix: string };
}

/** A submitter that was refused lets go, so that the next may try at once. */
export function release(
  record: ArrayIn<'submitting'>,
  { doubtful, refused }: Release,
  now: Date,
): ArrayIn<'intended'> {
  return {
    state: 'intended',
    name: record.name,
    queue: record.queue,
    at: record.firstTriedAt,
    ...(doubtful && { doubtful }),
    ...(refused !== undefined && { refused: { ...refused, at: now.toISOString() } }),
  };
}

/**
 * A cancelled run submits nothing more. An array whose submission is under way is left to its submitter, who reads
 * the phase after recording; one with a job is left to the engine.
 */
export function cancelled(record: ArrayRecord, now: Date): ArrayRecord {
  if (record.state !== 'intended') return record;
  return {
    state: 'cancelled',
    name: record.name,
    queue: record.queue,
    submission: null,
    at: now.toISOString(),
  };
}

/**
 * Seconds for which an ended job may keep us waiting for the rest of what it has to tell: its summary lags behind its
 * end (AB 2.3), and a listing of its children is no snapshot (AB 2.4). Afterwards what is missing stays missing.
 */
export const endPatienceSeconds = 600;

/**
 * What an observation makes of a submitted array, of whose failed slices so many are recorded. While there is a doubt
 * about namesakes it does not end. `gone` is believed only once the engine may really have forgotten (AB 2.3: 7 days
 * after the end, so never earlier than 7 days after submission); that also bounds a doubt that nobody can settle.
 */
export function observed(
  record: ArrayIn<'submitted'>,
  observation: Observation,
  recordedFailures: number,
  terms: MeterTerms,
  remembersDays: number,
  now: Date,
): ArrayIn<'submitted' | 'ended'> {
  const { size } = record.submission.handle;
  const before =
    record.counts === null || record.countsAt === null
      ? atSubmission(size, record.submission.at)
      : { counts: record.counts, at: record.countsAt };
  if (observation.state === 'gone') {
    const age = -secondsUntil(record.submission.at, now);
    if (age < remembersDays * 86_400) return record;
    // Nobody saw its end: whatever had not ended at the last look may have run for as long as it was let.
    const unseen = meter(before, atEnd(size, now.toISOString()), terms).usd;
    return ended({ ...record, meteredUsd: record.meteredUsd + unseen }, now);
  }
  const { counts, countsAt } = observation;
  const meteredUsd = record.meteredUsd + meter(before, { counts, at: countsAt }, terms).usd;
  const next = { ...record, counts, countsAt, meteredUsd };
  if (observation.state === 'active') return next;
  const told = counts.succeeded + counts.failed >= size && recordedFailures >= counts.failed;
  const endSeenAt = record.endSeenAt ?? now.toISOString();
  const waited = -secondsUntil(endSeenAt, now);
  // Nobody looks for namesakes of what has ended: one that still runs would never be told to stop.
  if (record.doubtfulSince !== undefined) return { ...next, endSeenAt };
  return told || waited >= endPatienceSeconds ? ended(next, now) : { ...next, endSeenAt };
}

function ended(
  { name, queue, submission, counts, meteredUsd }: ArrayIn<'submitted'>,
  now: Date,
): ArrayIn<'ended'> {
  return { state: 'ended', name, queue, submission, counts, meteredUsd, endedAt: now.toISOString() };
}

/** No slice of this array will do anything more. */
export function isSettled(record: ArrayRecord): boolean {
  return record.state === 'ended' || record.state === 'unknown' || record.state === 'cancelled';
}

/** The job that may work for this array, if one is recorded. */
export function recordedJob(record: ArrayRecord): string | undefined {
  return 'submission' in record ? record.submission?.handle.jobId : undefined;
}
