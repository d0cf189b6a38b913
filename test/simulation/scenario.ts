import type { Random } from './random.ts';

/** What a seed is about: a grid, how its programs behave, what goes wrong, and what people do meanwhile. */
export interface Scenario {
  /** Text of the grid file. */
  readonly grid: string;
  /** Slices of one array at most: small, so that a few combinations make several arrays. */
  readonly arrayMax: number;
  readonly watchSeconds: number;
  readonly programs: Programs;
  readonly trouble: Trouble;
  readonly deeds: readonly Deed[];
  readonly launches: number;
  readonly watchers: number;
  /** Somebody else's job has the name of ours. */
  readonly stranger: boolean;
}

export interface Programs {
  /** Seconds of one combination, at least and at most. */
  readonly seconds: readonly [number, number];
  /** Probability that a combination fails for good in its first round, or in every one. */
  readonly fails: number;
  readonly failsAlways: boolean;
  /** Probability that an attempt asks for another one. */
  readonly again: number;
}

/** Probabilities are per call, or per container where it says so; all ends at `untilMs` after the launch. */
export interface Trouble {
  readonly untilMs: number;
  readonly kill: number;
  readonly freeze: number;
  readonly storeRefused: number;
  readonly storeLost: number;
  readonly throttle: number;
  readonly lostRequest: number;
  readonly lostAnswer: number;
  readonly serverError: number;
  readonly denied: number;
  readonly slow: number;
  /** Credentials have expired: milliseconds after the launch. */
  readonly expired: readonly [number, number] | undefined;
  /** The queue takes nothing: milliseconds after the launch. */
  readonly queueDisabled: readonly [number, number] | undefined;
  /** Nobody may list jobs, or every submission is throttled: milliseconds after the launch. */
  readonly noListing: readonly [number, number] | undefined;
  readonly noSubmitting: readonly [number, number] | undefined;
  /** Whoever submits first dies of it, and for so many milliseconds nobody comes by. */
  readonly abandonedMs: number | undefined;
  /** Nobody watches: milliseconds after the launch; longer than Batch remembers. */
  readonly nobody: readonly [number, number] | undefined;
  /** Of a container. */
  readonly hostLost: number;
  readonly plain143: boolean;
  /** Of an image: it cannot be pulled for a while. */
  readonly noPull: readonly [number, number] | undefined;
  /** Of the queue. */
  readonly vcpus: number;
  /** Of a container's call of the store. */
  readonly containerStore: number;
}

export type Deed =
  /** Milliseconds after the launch, or when somebody begins to submit. */
  | { readonly deed: 'cancel'; readonly at: number | 'submitting' }
  | { readonly deed: 'merge'; readonly after: 'published' }
  | {
      readonly deed: 'rerun';
      readonly select: string;
      /** Milliseconds after the launch, or once it is published. */
      readonly when: number | 'published';
    };

const minute = 60_000;
const hour = 60 * minute;

export function scenarioOf(random: Random): Scenario {
  // Many who submit at once, and none of them can rely on anything.
  const contended = random.chance(0.25);
  const watchSeconds = contended ? 60 : random.pick([300, 600]);
  const slow = random.chance(0.15);
  return {
    grid: gridOf(random),
    arrayMax: random.pick([2, 3, 10_000]),
    watchSeconds,
    programs: {
      seconds: slow
        ? [600, 3500]
        : random.pick([
            [30, 300],
            [60, 1200],
          ] as const),
      fails: random.pick([0, 0, 0.1, 0.4]),
      failsAlways: random.chance(0.3),
      again: random.pick([0, 0.1]),
    },
    trouble: { ...troubleOf(random), ...(contended ? contention : {}) },
    deeds: deedsOf(random, contended),
    launches: random.pick([1, 1, 2, 3]),
    watchers: contended ? 3 : 2,
    stranger: random.chance(0.05),
  };
}

const contention = {
  untilMs: 60 * minute,
  ...{ kill: 0.005, freeze: 0.03, throttle: 0.3, lostAnswer: 0.1, lostRequest: 0.05, slow: 0.1 },
  ...{ nobody: undefined, abandonedMs: undefined },
} as const;

function gridOf(random: Random): string {
  const many = random.between(1, 4);
  const classes = random.pick([1, 1, 2]);
  const values = (count: number) => `[${Array.from({ length: count }, (_, at) => at + 1).join(', ')}]`;
  const pilot = random.chance(0.25) ? random.between(1, 2) : 0;
  const budget = random.chance(0.3) ? `budget: { usd: ${random.pick([0.02, 0.05, 0.2])} }\n` : '';
  return `name: small
program:
  image: tool@sha256:${'ab'.repeat(32)}
  command: [simulate, "{x}", "{m}"]
  outputs: [{ path: program.log }]
parameters:
  m: ${values(classes)}
  x: ${values(many)}
slice: { combinations: ${random.pick([1, 1, 2])} }
resources: { vcpus: 1, memory: "{m} GiB" }
timeout: 1h
expected: 1 min
retry: { attempts: ${random.between(1, 3)}, on_exit: [75] }
failures: { stop_after: ${random.pick(['100%', '100%', '2', '50%'])} }
${budget}launch: { on: manual, pilot: ${pilot} }
`;
}

function troubleOf(random: Random): Trouble {
  const untilMs = random.between(20, 180) * minute;
  const within = (): readonly [number, number] => {
    const from = random.below(untilMs);
    return [from, Math.min(untilMs, from + random.between(1, 60) * minute)];
  };
  const maybe = (probability: number) => (random.chance(probability) ? within() : undefined);
  const calm = random.chance(0.1);
  const rate = (...rates: [number, ...number[]]) => (calm ? 0 : random.pick(rates));
  const nobody = random.chance(0.03)
    ? ([random.between(1, 60) * minute, 8.5 * 24 * hour] as const)
    : undefined;
  return {
    untilMs: nobody === undefined ? untilMs : nobody[1] + hour,
    kill: rate(0, 0.003, 0.01, 0.03),
    freeze: rate(0, 0, 0.005, 0.02),
    storeRefused: rate(0, 0, 0.002, 0.01),
    storeLost: rate(0, 0, 0.002, 0.01),
    throttle: rate(0, 0, 0.1, 0.4),
    lostRequest: rate(0, 0, 0.05),
    lostAnswer: rate(0, 0.05, 0.3),
    serverError: rate(0, 0, 0.05),
    denied: rate(0, 0, 0, 0.02),
    slow: rate(0, 0, 0.05),
    expired: maybe(0.1),
    queueDisabled: maybe(0.1),
    noListing: maybe(0.1),
    noSubmitting: maybe(0.05),
    // Before and after a submission is too old to be repeated, and before and after Batch has forgotten its job.
    abandonedMs:
      nobody === undefined && random.chance(0.05) ? random.pick([5.5, 6.5, 8.5]) * 24 * hour : undefined,
    nobody,
    hostLost: random.pick([0, 0, 0.1, 0.4]),
    plain143: random.chance(0.5),
    noPull: maybe(0.07),
    vcpus: random.pick([1, 3, 256]),
    containerStore: rate(0, 0, 0.01),
  };
}

function deedsOf(random: Random, contended: boolean): readonly Deed[] {
  const deeds: Deed[] = [];
  const late = contended ? 15 * minute : 90 * minute;
  if (random.chance(0.25)) {
    deeds.push({ deed: 'cancel', at: random.chance(0.3) ? 'submitting' : random.below(late) });
  }
  if (random.chance(0.15)) deeds.push({ deed: 'merge', after: 'published' });
  const reruns = random.pick([0, 0, 1, 2]);
  for (let number = 0; number < reruns; number++) {
    const select = random.pick(['failed', 'failed', 'missing', 'all', 'x == 1']);
    deeds.push({
      deed: 'rerun',
      select,
      when: random.chance(0.6) ? 'published' : random.below(120 * minute),
    });
  }
  return deeds;
}
