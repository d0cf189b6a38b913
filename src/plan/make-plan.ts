import { ConfigurationError } from '../errors.ts';
import type { Hint, LoadedGrid } from '../grid/grid.ts';
import { type Estimate, estimate, savedUsd, type Work } from '../money/estimate.ts';
import { shippedPrices } from '../money/prices.ts';
import { type Classified, type ClassMembers, classify } from './classes.ts';
import type { Plan, Ranges, ResourceClass } from './plan.ts';
import { marketOf, type PlanEngine, queueChooser } from './queues.ts';
import * as ranges from './ranges.ts';
import type { Reuse } from './reuse.ts';
import { firstRound, groupsOf, type PlannedRound, type RoundBasis } from './rounds.ts';
import { samplesOf } from './samples.ts';
import { type ArrayLimits, arraysOf, sliceCount, slicesOf } from './slices.ts';

export interface PlanInput {
  readonly loaded: LoadedGrid;
  readonly runId: string;
  readonly engine: PlanEngine;
  readonly limits: ArrayLimits;
  /** Between two watch steps. */
  readonly watchSeconds: number;
  readonly history?: History;
  readonly reuse: Reuse;
  /** A trial: only these combinations; absent: all. */
  readonly selected?: Ranges;
}

/** What earlier runs of the program measured. */
export interface History {
  /** Of one combination: lower and upper quartile, and the middle. */
  readonly seconds: { readonly low: number; readonly median: number; readonly high: number };
  /** Kept outputs of one combination. */
  readonly outputBytes?: number;
  /** They ran other values than the grid has: what they took says little of it. */
  readonly ofOtherValues?: boolean;
  /** For people: which runs. */
  readonly source: string;
}

/** A plan with what a launch needs on top of what people read. */
export interface PreparedPlan {
  readonly plan: Plan;
  /** All combinations by class, reused ones too: later rounds are packed from it. */
  readonly members: readonly ClassMembers[];
  readonly first: PlannedRound;
}

/** The plan as people read it. */
export function makePlan(input: PlanInput): Plan {
  return preparePlan(input).plan;
}

/**
 * Everything that is decided before anything runs; asks nobody. Memory does not grow with the grid. Throws
 * `ConfigurationError` where no queue fits, classes are too many, or slices cannot be whole.
 */
export function preparePlan(input: PlanInput): PreparedPlan {
  const { loaded, engine, limits } = input;
  const { grid } = loaded;
  const declared = classify(loaded, queueChooser(engine));
  const classified = measured(declared, input.history);
  const { classes, members } = classified;
  if (grid.slice.per === 'slice') refuseScattered(loaded, members);
  const reuse = usableReuse(input);
  const reused = reuse.known ? reuse.indexes : [];
  const all = ranges.upTo(classified.combinations);
  const scope = input.selected ?? all;
  const todo = ranges.difference(scope, reused);
  const groups = groupsOf(members, todo, grid.slice.combinations);
  const basis: RoundBasis = { grid, classes, members, limits };
  const plan: Plan = {
    grid: grid.name,
    runId: input.runId,
    path: loaded.path,
    combinations: ranges.size(scope),
    total: classified.combinations,
    axes: loaded.axes,
    samples: samplesOf(loaded, classified, input.runId),
    classes: classes.map((one, at) => ({
      ...one,
      combinations: ranges.size(ranges.intersection(members[at]?.indexes ?? [], scope)),
    })),
    pilot: grid.launch.pilot,
    slices: sliceCount(groups),
    arrays: arraysOf(groups, limits),
    reuse: reuse.known
      ? {
          known: true,
          combinations: ranges.size(reused),
          runs: reuse.runs,
          savesUsd: savedUsd(worksOf(input, declared, reused)),
        }
      : reuse,
    estimate: estimateOf(input, declared, todo),
    budgetUsd: grid.budget?.usd ?? null,
    hints: [...loaded.hints, ...machineHints(loaded, classes, engine)],
  };
  return { plan, members, first: firstRound(basis, ranges.union(reused, ranges.difference(all, scope))) };
}

/** Measured durations replace what the grid expects; of other values the longer one counts. */
function measured(declared: Classified, history: History | undefined): Classified {
  if (history === undefined) return declared;
  const classes = declared.classes.map((one) => {
    const expectedSeconds = longer(history, history.seconds.median, one.expectedSeconds);
    return { ...one, expectedSeconds };
  });
  return { ...declared, classes };
}

function expectedOf(history: History | undefined, declared: number | undefined) {
  if (history === undefined) return evenly(declared);
  return { low: history.seconds.low, high: longer(history, history.seconds.high, declared) };
}

/** A budget must not let through what only short runs of other values make look cheap. */
function longer({ ofOtherValues }: History, seconds: number, declared: number | undefined): number {
  return ofOtherValues === true ? Math.max(seconds, declared ?? 0) : seconds;
}

/** A slice that succeeds as one, or parameters that depend on the index, cannot stand in for other work. */
function usableReuse({ loaded, reuse }: PlanInput): Reuse {
  const none = { known: true, indexes: [], runs: [] } as const;
  if (reuse.known && (loaded.grid.slice.per === 'slice' || !loaded.reusable)) return none;
  return reuse;
}

/** What each class has to do for these combinations. */
function worksOf(input: PlanInput, { classes, members }: Classified, indexes: Ranges): readonly Work[] {
  const { loaded, engine, history } = input;
  return classes.map((one, at): Work => {
    const atOnce = slicesAtOnce(one, engine);
    const expected = expectedOf(history, one.expectedSeconds);
    return {
      job: one.resources,
      queue: one.queue,
      market: marketOf(engine, one.queue),
      combinations: ranges.size(ranges.intersection(members[at]?.indexes ?? [], indexes)),
      sliceSize: loaded.grid.slice.combinations,
      timeoutSeconds: one.timeoutSeconds,
      ...(expected === undefined ? {} : { expected }),
      ...(atOnce === undefined ? {} : { atOnce }),
    };
  });
}

function estimateOf(input: PlanInput, classified: Classified, indexes: Ranges): Estimate {
  const { loaded, engine, history } = input;
  const table = engine.kind === 'local' ? shippedPrices : engine.prices;
  const bytes = history?.outputBytes;
  const found = estimate(worksOf(input, classified, indexes), {
    attempts: loaded.grid.retry.attempts,
    watchSeconds: input.watchSeconds,
    prices: {
      date: table.date,
      source: engine.kind === 'local' ? 'this machine' : `${table.source}, ${table.region}`,
      usdPerGbMonth: engine.kind === 'local' ? 0 : table.storage.usdPerGbMonth,
    },
    ...(bytes === undefined ? {} : { outputBytes: bytes * ranges.size(indexes) }),
  });
  if (history === undefined) return found;
  return { ...found, assumptions: [...measuredWords(history, classified.classes), ...found.assumptions] };
}

/** A duration that somebody wrote is not overruled without a word. */
function measuredWords(history: History, classes: readonly ResourceClass[]): readonly string[] {
  const { source, ofOtherValues, seconds } = history;
  const declared = Math.max(...classes.map(({ expectedSeconds = 0 }) => expectedSeconds));
  const median = Number(seconds.median.toPrecision(3));
  const plain = `Durations as measured: ${source}.`;
  if (declared === 0 || (ofOtherValues !== true && declared === seconds.median)) return [plain];
  const own = Number(declared.toPrecision(3));
  return [
    ofOtherValues === true
      ? `Durations as measured (median ${median} s: ${source}), which had other values: up to your \`expected\` of ${own} s where that is longer.`
      : `Your \`expected\` of ${own} s is not used. ${plain.slice(0, -1)}, median ${median} s.`,
  ];
}

const evenly = (seconds: number | undefined) =>
  seconds === undefined ? undefined : { low: seconds, high: seconds };

/**
 * Engines hold a class to its `concurrent` (AB 2.12), and AWS Batch all slices to the queue's vCPUs (AB 4.2). The local
 * machine's own size is the market's matter.
 */
function slicesAtOnce({ resources, queue }: ResourceClass, engine: PlanEngine): number | undefined {
  const { concurrent, vcpus } = resources;
  const maxVcpus = engine.kind === 'local' ? undefined : engine.queues[queue]?.maxVcpus;
  if (maxVcpus === undefined) return concurrent;
  return Math.max(1, Math.min(Math.floor(maxVcpus / vcpus), concurrent ?? Number.POSITIVE_INFINITY));
}

/** A program that takes `{slice.start} {slice.end}` needs slices without gaps. */
function refuseScattered(loaded: LoadedGrid, members: readonly ClassMembers[]): void {
  const { combinations: sliceSize } = loaded.grid.slice;
  for (const slice of slicesOf(members.map((one) => ({ ...one, sliceSize })))) {
    if (slice.indexes.length <= 1) continue;
    const [first, second] = slice.indexes;
    throw new ConfigurationError({
      file: loaded.path,
      message:
        'With `slice.per: slice` the combinations of a slice have to follow each other, but resources differ ' +
        `between them: one slice would hold ${first?.[0]} and ${second?.[0]}, not what lies between.`,
      fix: 'Let resources depend on the first (slowest) axis only, or ask the same for all.',
    });
  }
}

function machineHints(
  loaded: LoadedGrid,
  classes: readonly ResourceClass[],
  engine: PlanEngine,
): readonly Hint[] {
  if (engine.kind !== 'local') return [];
  const foreign = classes.find(({ resources }) => resources.architecture !== engine.architecture);
  const large = classes.find(
    ({ resources }) => resources.vcpus > engine.vcpus || resources.memoryMib > engine.memoryMib,
  );
  const file = loaded.path;
  return [
    ...(foreign === undefined
      ? []
      : [
          {
            file,
            message: `The grid asks for ${foreign.resources.architecture}; this machine is ${engine.architecture}.`,
            fix: 'Write `architecture: any` if the results do not depend on it.',
          },
        ]),
    ...(large === undefined
      ? []
      : [
          {
            file,
            message:
              `A slice asks for ${large.resources.vcpus} vCPU and ${large.resources.memoryMib} MiB; this machine ` +
              `has ${engine.vcpus} and ${engine.memoryMib}: slices run one at a time and may be slow.`,
          },
        ]),
  ];
}
