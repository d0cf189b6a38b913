import type { Problem } from '../errors.ts';
import type { Resources } from '../grid/grid.ts';
import { defaultBundle } from '../money/instances.ts';
import type { PriceTable, SpotShare } from '../money/prices.ts';
import { type Job, type Market, rateOf } from '../money/rate.ts';
import { nearest } from './nearest.ts';

/** The engine as a plan sees it: plain data, nothing is asked of anybody. */
export type PlanEngine =
  | {
      readonly kind: 'local';
      readonly vcpus: number;
      readonly memoryMib: number;
      readonly architecture: 'arm64' | 'amd64';
      /** 0 for a machine that is there anyway. */
      readonly usdPerVcpuHour: number;
    }
  | {
      readonly kind: 'aws-batch';
      /** By the names of `muster.yaml`. */
      readonly queues: Readonly<Record<string, Queue>>;
      readonly prices: PriceTable;
    };

export interface Queue {
  /** The engine's own id: the ARN. */
  readonly arn: string;
  readonly architecture: 'arm64' | 'amd64';
  readonly capacity: 'spot' | 'spot-first' | 'on-demand';
  /** Sizes, families or bundles its environments may start; absent: the bundle of the architecture (AB 4.2). */
  readonly instanceTypes?: readonly string[];
  /** Over all its environments. */
  readonly maxVcpus?: number;
  /** Looked-up Spot prices as shares of On-Demand. */
  readonly spot?: SpotShare;
}

/** Where a class runs. `architecture` replaces `any`. */
export interface Chosen {
  readonly queue: string;
  readonly queueId?: string;
  readonly architecture: 'arm64' | 'amd64';
}

export type QueueChoice =
  | ({ readonly outcome: 'chosen' } & Chosen)
  | { readonly outcome: 'none'; readonly problem: Omit<Problem, 'file'> };

export type ChooseQueue = (resources: Resources) => QueueChoice;

/** The local engine's one queue. */
export const localQueue = 'local';

/** Chooses the cheaper fitting queue; the first in the order of `muster.yaml` where prices are equal. */
export function queueChooser(engine: PlanEngine): ChooseQueue {
  if (engine.kind === 'local') {
    // An explicit architecture is kept: it is part of the work's identity, and the engine says if it cannot run it.
    return ({ architecture }) => ({
      outcome: 'chosen',
      queue: localQueue,
      architecture: architecture === 'any' ? engine.architecture : architecture,
    });
  }
  return (resources) => chooseQueue(resources, engine);
}

/** The market that a class of this queue buys in. */
export function marketOf(engine: PlanEngine, queue: string): Market {
  if (engine.kind === 'local') return { ...engine, kind: 'local' };
  const known = engine.queues[queue];
  const spot = known?.spot === undefined ? {} : { spot: known.spot };
  const instanceTypes = known?.instanceTypes ?? [defaultBundle[known?.architecture ?? 'amd64']];
  return { kind: 'aws', prices: engine.prices, instanceTypes, ...spot };
}

function chooseQueue(resources: Resources, engine: Extract<PlanEngine, { kind: 'aws-batch' }>): QueueChoice {
  const names = Object.keys(engine.queues);
  if (resources.queue !== undefined && !Object.hasOwn(engine.queues, resources.queue)) {
    return none(
      `There is no queue \`${resources.queue}\` in muster.yaml.`,
      suggestion(resources.queue, names),
    );
  }
  const asked = resources.queue === undefined ? names : [resources.queue];
  const fitting = asked.filter((name) => fits(resources, engine.queues[name]));
  if (fitting.length === 0) return none(...whyNoneFits(resources, asked, engine.queues));
  const priced = fitting.flatMap((queue) => {
    const known = engine.queues[queue];
    if (known === undefined) return [];
    const { architecture, arn: queueId } = known;
    const job: Job = { ...resources, architecture };
    const usd = rateOf(job, marketOf(engine, queue))?.usdPerSliceHour.low;
    return usd === undefined ? [] : [{ usd, chosen: { queue, queueId, architecture } }];
  });
  const best = priced.toSorted((one, other) => one.usd - other.usd)[0]?.chosen;
  if (best === undefined) {
    const asks = `${resources.vcpus} vCPU, ${resources.memoryMib} MiB${resources.gpus > 0 ? `, ${resources.gpus} GPU` : ''}`;
    return none(
      `No instance type with a known price in ${list(fitting)} holds ${asks}.`,
      'Ask for less, name other instance types in muster.yaml, or refresh the price table.',
    );
  }
  return { outcome: 'chosen', ...best };
}

function fits(resources: Resources, queue: Queue | undefined): boolean {
  if (queue === undefined || queue.capacity !== resources.capacity) return false;
  if (queue.maxVcpus !== undefined && queue.maxVcpus < resources.vcpus) return false;
  return resources.architecture === 'any' || resources.architecture === queue.architecture;
}

function whyNoneFits(
  resources: Resources,
  asked: readonly string[],
  queues: Readonly<Record<string, Queue>>,
): readonly [message: string, fix: string] {
  const wanted = [
    ...(resources.architecture === 'any' ? [] : [`architecture ${resources.architecture}`]),
    `capacity ${resources.capacity}`,
    `${resources.vcpus} vCPU`,
  ].join(', ');
  const offered = asked.map((name) => {
    const queue = queues[name];
    const limit = queue?.maxVcpus === undefined ? '' : `, at most ${queue.maxVcpus} vCPU`;
    return `${name} (${queue?.architecture}, ${queue?.capacity}${limit})`;
  });
  if (offered.length === 0) return ['muster.yaml names no queue.', 'Add one under `queues`.'];
  return [`No queue takes ${wanted}: there is ${offered.join(', ')}.`, wayOut(resources, asked, queues)];
}

/** The lines to write, where a queue differs in words only: one that is too small needs a person's judgement. */
function wayOut(
  resources: Resources,
  asked: readonly string[],
  queues: Readonly<Record<string, Queue>>,
): string {
  const another = 'or add a queue to muster.yaml.';
  const lines = asked.flatMap((name) => {
    const queue = queues[name];
    if (queue === undefined || (queue.maxVcpus ?? resources.vcpus) < resources.vcpus) return [];
    const { architecture, capacity } = queue;
    const words = [
      ...(capacity === resources.capacity ? [] : [`capacity: ${capacity}`]),
      ...(resources.architecture === 'any' || resources.architecture === architecture
        ? []
        : [`architecture: ${architecture}`]),
    ];
    return [words.join(', ')];
  });
  // The fewest changes first.
  const [least] = lines.toSorted((one, other) => one.split(', ').length - other.split(', ').length);
  return least === undefined
    ? `Ask for less in \`resources\`, ${another}`
    : `Write \`${least}\` in \`resources\`, ${another}`;
}

function none(message: string, fix: string): QueueChoice {
  return { outcome: 'none', problem: { message, fix } };
}

function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  return known.length === 0 ? 'Add it under `queues`.' : `Known queues: ${list(known)}.`;
}

const list = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
