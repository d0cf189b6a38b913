import type { Value } from '../../src/grid/combination.ts';
import type { Axis } from '../../src/grid/grid.ts';
import type { Outcome } from '../../src/results/outcome.ts';

/** Small ensembles for the tests of reports: a product of axes, each combination done by its own slice. */
export interface Recipe {
  readonly state?: (parameters: Parameters, index: number) => Outcome['state'];
  readonly results?: (parameters: Parameters, index: number) => Outcome['results'];
  readonly change?: (outcome: Outcome, index: number) => Outcome;
}

export type Parameters = Readonly<Record<string, Value>>;

const begin = Date.UTC(2026, 2, 1, 10);

export function ensemble(axes: Readonly<Record<string, readonly Value[]>>, recipe: Recipe = {}): Outcome[] {
  const points = Object.entries(axes).reduce<Parameters[]>(
    (all, [name, values]) => all.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
  return points.map((parameters, index) => {
    const outcome = oneOutcome(parameters, index, recipe);
    return recipe.change?.(outcome, index) ?? outcome;
  });
}

function oneOutcome(parameters: Parameters, index: number, recipe: Recipe): Outcome {
  const state = recipe.state?.(parameters, index) ?? 'succeeded';
  const text = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, textOf(value)]));
  const label = Object.entries(text)
    .map(([name, value]) => `${name}=${value}`)
    .join('_');
  const base = {
    combination: { index, id: String(index).padStart(16, '0'), label, parameters, text },
    state,
    command: ['run'],
    outputs: [],
    results: state === 'succeeded' ? (recipe.results?.(parameters, index) ?? {}) : {},
    wastedSeconds: 0,
  };
  if (state === 'missing') return { ...base, attempts: 0, cost: null };
  return {
    ...base,
    attempts: 1,
    cost: 0.25,
    source: {
      run: 'demo-1',
      round: 0,
      slice: index,
      job: 'j',
      attempt: 1,
      host: `host-${index % 2}`,
      image: 'img',
      worker: '0.1.0',
    },
    usage: {
      seconds: 60 * (index + 1),
      totalSeconds: 60 * (index + 1) + 1,
      cpuSeconds: 57 * (index + 1),
      peakMemoryBytes: 2.6 * 2 ** 30,
      diskBytes: 0,
    },
    startedAt: new Date(begin + Math.floor(index / 2) * 600_000).toISOString(),
    endedAt: new Date(begin + Math.floor(index / 2) * 600_000 + 300_000).toISOString(),
    ...(state === 'failed' ? { failure: memoryFailure(index) } : {}),
  };
}

const textOf = (value: Value) => (typeof value === 'string' ? value : JSON.stringify(value));

export function memoryFailure(index: number) {
  return {
    class: 'memory' as const,
    message: `used ${7000 + index} MiB of 7168 MiB`,
    exitCode: 137,
    signal: null,
    tail: 'Killed\n',
    again: false,
  };
}

export function axesOf(
  axes: Readonly<Record<string, readonly Value[]>>,
  units: Readonly<Record<string, string>> = {},
): Axis[] {
  return Object.entries(axes).map(([name, values]) => {
    const unit = units[name];
    const samples = values.slice(0, 3).map(textOf);
    return { name, samples, count: values.length, ...(unit === undefined ? {} : { unit }) };
  });
}
