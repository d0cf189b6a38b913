import { z } from 'zod';
import { priceTableSchema, spotShareSchema } from '../money/prices.ts';
import type { ResourceClass } from '../plan/plan.ts';
import type { PlanEngine } from '../plan/queues.ts';
import type { RunDeps } from './deps.ts';

/**
 * The prices a run was launched by. They stay its prices: the meter, the budget and the bill of one run go by one
 * table (a rerun adds what its round needs beyond it), and two publications come to the same cost although Spot prices,
 * muster.yaml and the table change.
 */
export const pricingSchema = z.object({
  prices: priceTableSchema,
  /** Of the run's classes, by the names of `muster.yaml`. */
  queues: z.record(
    z.string(),
    z.object({
      arn: z.string(),
      architecture: z.enum(['arm64', 'amd64']),
      capacity: z.enum(['spot', 'spot-first', 'on-demand']),
      instanceTypes: z.array(z.string()).exactOptional(),
      maxVcpus: z.number().exactOptional(),
      spot: spotShareSchema.exactOptional(),
    }),
  ),
});

export type Pricing = z.infer<typeof pricingSchema>;

/** `undefined` on one machine, whose price is its own. */
export function pricingOf(engine: PlanEngine, classes: readonly ResourceClass[]): Pricing | undefined {
  if (engine.kind === 'local') return undefined;
  const queues = classes.flatMap(({ queue: name }) => {
    const queue = engine.queues[name];
    if (queue === undefined) return [];
    const { instanceTypes, ...rest } = queue;
    return [[name, { ...rest, ...(instanceTypes && { instanceTypes: [...instanceTypes] }) }] as const];
  });
  return { prices: engine.prices, queues: Object.fromEntries(queues) };
}

/**
 * The prices of a round that somebody asks for later: the launch's, and today's for what its queues have come to start
 * since. Without a price a slice would be metered as free. `undefined` on one machine.
 */
export function pricingOfRerun(
  engine: PlanEngine,
  launched: Pricing | undefined,
  classes: readonly ResourceClass[],
): Pricing | undefined {
  const today = pricingOf(engine, classes);
  if (today === undefined || launched === undefined) return today;
  const queues = Object.entries(today.queues).map(([name, queue]) => {
    const spot = queue.spot ?? launched.queues[name]?.spot;
    return [name, { ...queue, ...(spot && { spot }) }] as const;
  });
  const families = { ...today.prices.families, ...launched.prices.families };
  return { prices: { ...launched.prices, families }, queues: Object.fromEntries(queues) };
}

/** The engine with the prices of the launch; queues that came in by a rerun have today's. */
export function pricedAsLaunched(engine: PlanEngine, pricing: Pricing | undefined): PlanEngine {
  if (engine.kind === 'local' || pricing === undefined) return engine;
  return { ...engine, prices: pricing.prices, queues: { ...engine.queues, ...pricing.queues } };
}

/** The same for a verb that is about one run. */
export function withPricesOf<Deps extends Pick<RunDeps, 'planEngine'>>(
  deps: Deps,
  { pricing }: { readonly pricing?: Pricing | undefined },
): Deps {
  return { ...deps, planEngine: pricedAsLaunched(deps.planEngine, pricing) };
}
