import { z } from 'zod';
import type { Grid } from '../grid/grid.ts';
import { billSchema } from '../money/bill.ts';
import { runFactsSchema } from '../report/run-facts.ts';
import { failureClasses, failureSchema } from '../results/fragment.ts';
import { pricingSchema } from './pricing.ts';

/** The documents of a run in the store (design, section 4), parsed at every read. */

const architectureSchema = z.enum(['arm64', 'amd64']);
const rangesSchema = z.array(z.tuple([z.number(), z.number()]));

const resourceClassSchema = z.object({
  class: z.number(),
  resources: z.object({
    vcpus: z.number(),
    memoryMib: z.number(),
    gpus: z.number(),
    architecture: architectureSchema,
    capacity: z.enum(['spot', 'spot-first', 'on-demand']),
    scratchGib: z.number().exactOptional(),
    concurrent: z.number().exactOptional(),
    queue: z.string().exactOptional(),
    ulimits: z.record(z.string(), z.number()),
  }),
  queue: z.string(),
  queueId: z.string().exactOptional(),
  image: z.string(),
  timeoutSeconds: z.number(),
  expectedSeconds: z.number().exactOptional(),
});

const imageSchema = z.object({
  name: z.string(),
  identity: z.string(),
  reference: z.string().exactOptional(),
});

export const roundSchema = z.object({
  schema: z.literal(1),
  run: z.string(),
  round: z.number(),
  reason: z.enum(['launch', 'pilot', 'rest', 'rerun']),
  note: z.string(),
  actor: z.string(),
  createdAt: z.string(),
  /** The run's classes with the round's overrides. */
  classes: z.array(resourceClassSchema),
  groups: z.array(z.object({ class: z.number(), indexes: rangesSchema, sliceSize: z.number() })),
  arrays: z.array(
    z.object({ array: z.number(), class: z.number(), firstSlice: z.number(), slices: z.number() }),
  ),
  attempts: z.number(),
  /** On top of the grid's environment. */
  environment: z.record(z.string(), z.string()),
  /** Execute also what succeeded before (`rerun --select all`). */
  again: z.boolean(),
  budgetUsd: z.number().nullable(),
  stopAfterFailures: z.number(),
  /** Of a rerun on rented machines; absent: the run's. */
  pricing: pricingSchema.exactOptional(),
});

export const runSchema = z.object({
  schema: z.literal(1),
  run: z.string(),
  grid: z.custom<Grid>((value) => typeof value === 'object' && value !== null && 'program' in value),
  /** Path of the grid file in the repository and the SHA-256 of its bytes. */
  source: z.object({ path: z.string(), sha256: z.string() }),
  data: z.array(z.object({ path: z.string(), sha256: z.string(), use: z.enum(['parameters', 'program']) })),
  provenance: z.object({
    repository: z.string(),
    commit: z.string().nullable(),
    actor: z.string(),
    engine: z.string(),
    version: z.string(),
  }),
  /** By the name the classes use. */
  images: z.record(z.string(), imageSchema),
  classes: z.array(resourceClassSchema),
  /** Which combinations are of which class, reused ones included. */
  members: z.array(z.object({ class: z.number(), indexes: rangesSchema })),
  combinations: z.number(),
  /** Combinations taken from published runs; listed in `reused/<sha256>/`. */
  reused: z.object({ combinations: z.number(), sha256: z.string() }).nullable(),
  /** Combinations that no round of this run is to execute: reused ones, and those a trial leaves out. */
  settled: rangesSchema,
  /** What a trial (`--limit`, `--select`) is about; null: the whole grid. */
  selected: rangesSchema.nullable(),
  pilot: z.number(),
  /** What it was priced by; absent on one machine and in runs of older versions. */
  pricing: pricingSchema.exactOptional(),
  /** The plan of round 0. */
  firstRound: roundSchema,
  axes: z.array(
    z.object({
      name: z.string(),
      samples: z.array(z.string()),
      count: z.number(),
      unit: z.string().exactOptional(),
      description: z.string().exactOptional(),
    }),
  ),
  estimate: z.object({
    usd: z.object({ low: z.number(), high: z.number() }).nullable(),
    hours: z.object({ low: z.number(), high: z.number() }).nullable(),
    ceilingUsd: z.number(),
    overshootUsd: z.number(),
    pricesDate: z.string(),
  }),
  budgetUsd: z.number().nullable(),
  createdAt: z.string(),
});

/** A line of `reused/`: a combination whose outputs another run already published. */
export const reusedSchema = z.object({
  index: z.number(),
  id: z.string(),
  run: z.string(),
  /** The merged set of that run that was looked at. */
  sha256: z.string(),
  /** Combination index in that run. */
  from: z.number(),
  work: z.string(),
});

const countsSchema = z.object({
  submitted: z.number(),
  pending: z.number(),
  runnable: z.number(),
  starting: z.number(),
  running: z.number(),
  succeeded: z.number(),
  failed: z.number(),
});

const handleSchema = z.object({ jobId: z.string(), queue: z.string(), size: z.number() });

const submissionSchema = z.object({ handle: handleSchema, definition: z.string(), at: z.string() });

/** The state machine of one array; the arrows are in `array-state.ts`. */
export const arraySchema = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('intended'),
    name: z.string(),
    queue: z.string(),
    at: z.string(),
    /** Somebody tried and got no answer: a job may exist, so that the next submitter looks before it submits. */
    doubtful: z.literal(true).exactOptional(),
    /** The engine's last word, when it refuses until a person mends something. */
    refused: z.object({ why: z.string(), fix: z.string(), at: z.string() }).exactOptional(),
  }),
  z.object({
    state: z.literal('submitting'),
    name: z.string(),
    queue: z.string(),
    owner: z.string(),
    firstTriedAt: z.string(),
    leaseUntil: z.string(),
  }),
  z.object({
    state: z.literal('submitted'),
    name: z.string(),
    queue: z.string(),
    submission: submissionSchema,
    counts: countsSchema.nullable(),
    countsAt: z.string().nullable(),
    /** An upper bound of what this array has cost until `countsAt`. */
    meteredUsd: z.number(),
    /** When the engine first called the job ended, while not all of its failures are told yet. */
    endSeenAt: z.string().exactOptional(),
    /** When it was recorded while another job of its name might exist; absent once none can be left. */
    doubtfulSince: z.string().exactOptional(),
  }),
  z.object({
    state: z.literal('ended'),
    name: z.string(),
    queue: z.string(),
    submission: submissionSchema,
    counts: countsSchema.nullable(),
    meteredUsd: z.number(),
    endedAt: z.string(),
  }),
  z.object({
    state: z.literal('unknown'),
    name: z.string(),
    queue: z.string(),
    why: z.string(),
    submission: submissionSchema.nullable(),
    at: z.string(),
  }),
  z.object({
    state: z.literal('cancelled'),
    name: z.string(),
    queue: z.string(),
    submission: submissionSchema.nullable(),
    at: z.string(),
  }),
]);

/** A queue in which slices of a run wait while none of them runs. */
const standstillSchema = z.object({
  /** The engine's own id. */
  queue: z.string(),
  /** Slices that had ended then. */
  ended: z.number(),
  since: z.string(),
  /** When the engine was last asked why. */
  askedAt: z.string().nullable(),
  diagnosis: z
    .object({ code: z.string(), summary: z.string(), fix: z.string(), wait: z.literal(true).exactOptional() })
    .nullable(),
});

export const stateSchema = z.object({
  schema: z.literal(1),
  run: z.string(),
  /** Counts up with every write; bodies of reviews carry it. */
  version: z.number(),
  phase: z.discriminatedUnion('phase', [
    z.object({ phase: z.literal('launching'), round: z.number() }),
    z.object({ phase: z.literal('running'), round: z.number() }),
    z.object({ phase: z.literal('publishing'), round: z.number(), sha256: z.string() }),
    z.object({ phase: z.literal('published'), round: z.number(), sha256: z.string() }),
    z.object({
      phase: z.literal('cancelling'),
      round: z.number(),
      by: z.string(),
      why: z.string(),
      at: z.string(),
    }),
  ]),
  /** The plan of the current round, until it stands as `round.json`; null for round 0, whose plan is in `run.json`. */
  draft: z.string().nullable(),
  /** Why the run was stopped early, once it was; survives publication. */
  stopped: z.object({ by: z.string(), why: z.string(), at: z.string() }).nullable(),
  /** Slices over all rounds. */
  counts: countsSchema,
  /** Finished combinations seen so far in fragments or counts, for progress; with `missing`, as they were merged. */
  done: z.object({ succeeded: z.number(), failed: z.number(), missing: z.number().exactOptional() }),
  money: z.object({
    meteredUsd: z.number(),
    meteredAt: z.string().nullable(),
    exactUsd: z.number().nullable(),
  }),
  lastWatch: z.string().nullable(),
  /** As the last watch found it; absent on one machine, which is asked whenever somebody wants to know. */
  still: z.array(standstillSchema).exactOptional(),
  review: z.object({ number: z.number(), branch: z.string(), url: z.string() }).nullable(),
  updatedAt: z.string(),
});

const engineAttemptSchema = z.object({
  attempt: z.number(),
  exitCode: z.number().exactOptional(),
  reason: z.string().exactOptional(),
  startedAt: z.string().exactOptional(),
  stoppedAt: z.string().exactOptional(),
  log: z.string().exactOptional(),
  logUrl: z.string().exactOptional(),
  instance: z.string().exactOptional(),
});

/** A line of `failures/`: what the engine said about a failed child, kept before it forgets. */
export const childFailureSchema = z.object({
  child: z.number(),
  /** Combinations of the slice that its newest fragments do not call succeeded; null when they were not read. */
  failed: z.number().nullable(),
  /** Of a slice that was stopped: combinations that no fragment tells of. They are missing, not failed. */
  unfinished: z.number().exactOptional(),
  /** The first few that failed. */
  examples: z.array(
    z.object({
      index: z.number(),
      id: z.string(),
      label: z.string(),
      attempt: z.number(),
      failure: failureSchema,
    }),
  ),
  class: z.enum(failureClasses),
  reason: z.string(),
  advice: z.string().exactOptional(),
  url: z.string().exactOptional(),
  attempts: z.array(engineAttemptSchema),
});

/** A line of `attempts/`: what the engine knew of a child when it was asked; its first word stands. */
export const childAttemptsSchema = z.object({
  child: z.number(),
  attempts: z.array(engineAttemptSchema),
  /** The engine knew nothing of the child any more, or never had: nobody can tell whether it ran. */
  forgotten: z.literal(true).exactOptional(),
});

/** `active/<run id>`: the watcher's work list. */
export const markerSchema = z.object({
  run: z.string(),
  grid: z.string(),
  /** The round it was written for: who publishes an earlier round leaves it. */
  round: z.number(),
  since: z.string(),
});

/** `published/<run id>.json`: where reuse looks. */
export const publishedSchema = z.object({
  run: z.string(),
  grid: z.string(),
  sha256: z.string(),
  publishedAt: z.string(),
  /** Of the newest fragment. */
  endedAt: z.string(),
  /** Fragments whose word is lost. */
  unreadable: z.array(z.object({ key: z.string(), reason: z.string() })),
  combinations: z.number(),
  succeeded: z.number(),
  /** What all attempts cost; absent in publications of older versions. */
  bill: billSchema.exactOptional(),
  /** What the next run of the grid is compared with. */
  facts: runFactsSchema,
});

export type RunRecord = z.infer<typeof runSchema>;
export type RoundRecord = z.infer<typeof roundSchema>;
export type ArrayRecord = z.infer<typeof arraySchema>;
/** The record of an array in one state of its life. */
export type ArrayIn<State extends ArrayRecord['state']> = Extract<ArrayRecord, { state: State }>;
export type StateRecord = z.infer<typeof stateSchema>;
export type StandstillRecord = z.infer<typeof standstillSchema>;
export type Phase = StateRecord['phase'];
export type ReusedRecord = z.infer<typeof reusedSchema>;
export type ChildAttemptsRecord = z.infer<typeof childAttemptsSchema>;
export type ChildFailureRecord = z.infer<typeof childFailureSchema>;
export type PublishedRecord = z.infer<typeof publishedSchema>;
export type SubmissionRecord = z.infer<typeof submissionSchema>;
