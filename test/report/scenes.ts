import type { Value } from '../../src/grid/combination.ts';
import type { Plan, ResourceClass } from '../../src/plan/plan.ts';
import type { Controls } from '../../src/report/controls.ts';
import type { Published } from '../../src/report/published.ts';
import { runFacts } from '../../src/report/run-facts.ts';
import type { Origin, RunProgress } from '../../src/report/run-progress.ts';
import { summarise } from '../../src/report/summary.ts';
import type { Outcome } from '../../src/results/outcome.ts';
import { axesOf, ensemble, type Recipe } from './ensemble.ts';

/** Runs as people meet them, for tests of whole pages and for pictures. */

const workflow = (name: string) => `https://github.com/lab/binaries/actions/workflows/${name}.yml`;

export const github: Controls = {
  by: 'workflows',
  pages: {
    ...{ launch: workflow('launch'), watch: workflow('watch'), rerun: workflow('rerun') },
    ...{ cancel: workflow('cancel'), preflight: workflow('preflight') },
  },
};

/** 3,000 values at most. */
export const grids = {
  small: { alpha_ce: geometric(0.1, 5, 10), lambda_ce: [0.05, 0.1, 0.5, 1] },
  full: {
    alpha_ce: geometric(0.1, 5, 10),
    lambda_ce: [0.05, 0.1, 0.5, 1],
    kick_sigma: [150, 217, 300],
    metallicity: [0.0001, 0.001, 0.0142, 0.02],
    mass_transfer_fa: [0.25, 0.5, 0.75],
  },
  large: {
    alpha_ce: geometric(0.1, 5, 10),
    lambda_ce: [0.05, 0.1, 0.5, 1, 2],
    kick_sigma: [50, 100, 150, 217, 265, 300],
    metallicity: geometric(0.0001, 0.02, 10),
  },
} as const satisfies Record<string, Readonly<Record<string, readonly Value[]>>>;

export type Size = keyof typeof grids;

function geometric(start: number, stop: number, values: number): number[] {
  return Array.from({ length: values }, (_, at) =>
    Number((start * (stop / start) ** (at / (values - 1))).toPrecision(3)),
  );
}

const names = { small: 'compas-sparse', full: 'compas-full', large: 'compas-wide' } as const;
export const runOf = (size: Size) => `${names[size]}-5d088f390c1e`;
export const sizeOf = (size: Size) =>
  Object.values(grids[size]).reduce((product, { length }) => product * length, 1);

const resources: ResourceClass = {
  class: 0,
  resources: { vcpus: 1, memoryMib: 3072, gpus: 0, architecture: 'arm64', capacity: 'spot', ulimits: {} },
  ...{ queue: 'spot-arm', image: 'compas', timeoutSeconds: 14_400, expectedSeconds: 2880 },
};

export function planScene(size: Size, change: Partial<Plan> = {}): Plan {
  const combinations = sizeOf(size);
  const usd = { low: combinations * 0.0146, high: combinations * 0.0219 };
  return {
    ...{
      grid: names[size],
      runId: runOf(size),
      path: `grids/${names[size]}.yaml`,
      combinations,
      total: combinations,
    },
    axes: axesOf(grids[size], { kick_sigma: 'km/s' }),
    samples: [
      {
        label: 'alpha0.100_lambda0.05_kick150',
        command: ['COMPAS', '--number-of-systems', '10000', '--common-envelope-alpha', '0.1'],
      },
    ],
    classes: [{ ...resources, combinations }],
    ...{ pilot: 2, slices: combinations },
    arrays: [{ array: 0, class: 0, firstSlice: 0, slices: combinations }],
    reuse: {
      ...{ known: true, combinations: 40, savesUsd: 0.72 },
      runs: [{ run: runOf('small'), combinations: 40, reviewed: true }],
    },
    estimate: {
      ...{ usd, hours: { low: 1.5, high: 2.25 }, ceilingUsd: combinations * 0.22, overshootUsd: 2.1 },
      lines: [1, 4, 16].map((times) => ({
        ...{ instanceType: `c7g.${times === 1 ? '' : times}xlarge`, architecture: 'arm64', capacity: 'spot' },
        ...{ width: 250 * times, perInstance: 4 * times, hours: 6 / times + 0.2, usd },
      })),
      storageUsdPerMonth: 0.4,
      prices: {
        date: '2026-11-01',
        source: 'price list and Spot history of us-east-1',
        usdPerGbMonth: 0.023,
      },
      assumptions: ['Instances start within 10 min.', 'A combination takes 48 min (expected, of the grid).'],
    },
    budgetUsd: 60,
    hints: [],
    ...change,
  } as Plan; // `prices` has what estimates of this version say
}

const origin = (size: Size): Origin => ({
  ...{ path: `grids/${names[size]}.yaml`, sha256: '4f'.repeat(32), repository: 'lab/binaries' },
  ...{
    commit: '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567',
    actor: 'ada',
    engine: 'aws-batch',
    version: '0.1.0',
  },
  images: [{ name: 'compas', identity: `sha256:${'c7'.repeat(32)}` }],
  ...{ createdAt: '2026-11-20T09:12:00Z', reused: 40 },
});

/** A run at work, a third of it still waiting. */
export function progressScene(size: Size, change: Partial<RunProgress> = {}): RunProgress {
  const combinations = sizeOf(size);
  const succeeded = Math.floor(combinations * 0.56);
  const running = Math.floor(combinations * 0.1);
  const waiting = combinations - succeeded - running - 2;
  const map = Array.from({ length: combinations }, (_, at) =>
    at < succeeded ? 'succeeded' : at < succeeded + running ? 'running' : 'waiting',
  ).map((state, at) => (at === 317 || at === 641 ? 'failed' : state)) as RunProgress['map'] & object; // its words
  return {
    ...{ grid: names[size], run: runOf(size), combinations, phase: 'running', round: 0 },
    slices: { total: combinations, waiting, starting: 0, running, succeeded, failed: 2, withoutResult: 0 },
    done: { succeeded, failed: 2 },
    map,
    failedSlices: [317, 641],
    unfinished: [],
    failures: [memory(size)],
    money: {
      ...{ meteredUsd: combinations * 0.0083, budgetUsd: 60, usdPerHour: 9.4 },
      estimateUsd: { low: combinations * 0.0146, high: combinations * 0.0219 },
      notes: [],
    },
    ...{ diagnosis: [], stopped: null, secondsLeft: 4300 },
    ...{ lastWatch: '2026-11-20T10:13:00Z', nextWatch: '2026-11-20T10:23:00Z' },
    origin: origin(size),
    ...change,
  };
}

function memory(size: Size): RunProgress['failures'][number] {
  const examples = [317, 641].map((index) => ({
    ...{ index, label: `alpha0.238_lambda0.10_kick150_${index}`, attempts: 1 },
    url: `https://us-east-1.console.aws.amazon.com/batch/home?region=us-east-1#jobs/array-job/x/${index}`,
    logUrl: `https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:x/${index}`,
  }));
  return {
    ...{ class: 'memory', message: 'OutOfMemoryError: Container killed due to memory usage', count: 2 },
    ...{ exitCode: 137, signal: null, examples },
    tail: 'evolving binary 8,812 of 10,000\nevolving binary 8,813 of 10,000\nKilled\n',
    advice: `It had 3072 MiB. Give it more memory: \`muster rerun ${runOf(size)} --select failed --memory 6144MiB\`.`,
  };
}

const results: NonNullable<Recipe['results']> = (values) => {
  const [alpha, lambda] = [Number(values.alpha_ce), Number(values.lambda_ce)];
  const kick = Number(values.kick_sigma ?? 217);
  return { dco_rate: 40 / (1 + (Math.log(alpha * lambda) + 1.5) ** 2) / (1 + kick / 300) };
};

/** A finished run; `state` says what failed. */
export async function publishedScene(
  size: Size,
  state: NonNullable<Recipe['state']> = () => 'succeeded',
  change: Partial<Published> = {},
): Promise<Published> {
  const axes: Readonly<Record<string, readonly Value[]>> = grids[size];
  const list = ensemble(axes, {
    ...{ state, results },
    change: (outcome, at) => done(outcome, at, runOf(size)),
  });
  const summary = await summarise(list, { run: runOf(size), axes: axesOf(axes), results: ['dco_rate'] });
  const { createdAt, reused: _, path, sha256, ...about } = origin(size);
  return {
    grid: names[size],
    summary: { ...summary, failures: summary.failures.map((group) => ({ ...group, advice: advised(size) })) },
    facts: runFacts(summary, { command: ['COMPAS'], images: { compas: 'c7'.repeat(32) } }),
    figures: [],
    classes: [resources],
    outputs: [{ path: 'COMPAS_Output/COMPAS_Output.h5' }],
    estimate: planScene(size).estimate,
    ...{ budgetUsd: 60, stopped: null, controls: github },
    provenance: {
      ...about,
      source: { path, sha256 },
      store: `s3://lab-ensembles/muster/runs/${runOf(size)}`,
      ...{ rounds: 1, startedAt: createdAt, endedAt: '2026-11-20T11:31:00Z' },
    },
    ...change,
  };
}

const advised = (size: Size) =>
  `It had 3072 MiB. Give it more memory: \`muster rerun ${runOf(size)} --select failed --memory 6144MiB\`.`;

/** Attempts as AWS Batch would make them. */
function done(outcome: Outcome, at: number, run: string): Outcome {
  if (outcome.state === 'missing') return outcome;
  const seconds = 2600 + ((at * 37) % 700);
  const start = Date.UTC(2026, 10, 20, 9, 20) + Math.floor(at / 1000) * 3_300_000 + (at % 90) * 1000;
  return {
    ...outcome,
    ...(outcome.source && { source: { ...outcome.source, run, host: `i-${at % 40}` } }),
    usage: {
      ...{ seconds, totalSeconds: seconds + 20, cpuSeconds: seconds * 0.97 },
      ...{ peakMemoryBytes: 2.1 * 2 ** 30, diskBytes: 4e7 },
    },
    cost: 0.0182,
    startedAt: new Date(start).toISOString(),
    endedAt: new Date(start + seconds * 1000).toISOString(),
  };
}
