import type { Answer } from '../../aws/answer.ts';
import { defaultBundle, unpriced } from '../../money/instances.ts';
import type { PriceTable } from '../../money/prices.ts';
import { rateOf } from '../../money/rate.ts';
import { type Codes, checked, findingsOf, nothingToCheck, type Row, verdictOn } from '../codes.ts';
import type { Check, Finding } from '../finding.ts';
import type { WantedClass, WantedQueue } from '../wanted.ts';

export const moneyCodes = {
  'price-unknown': {
    severity: 'error',
    means: 'No machine that may run a class of slices has a price',
    why: 'Nothing could be estimated, bounded or metered: it would be spent unseen.',
    fix: 'Take a newer release of Muster, or look its prices up in a clone of it.',
  },
  'price-incomplete': {
    severity: 'warning',
    means: 'Some of the machines of a queue have no price',
    why: 'AWS Batch may start them all the same, and what they cost is then metered by the others.',
    fix: 'Take a newer release of Muster, or look their prices up in a clone of it.',
  },
  'prices-old': {
    severity: 'warning',
    means: 'Prices are older than half a year',
    why: 'Estimates and budgets go by them.',
    fix: 'Take a newer release of Muster, or look them up in a clone of it.',
  },
  'prices-of-another-region': {
    severity: 'warning',
    means: 'Nobody has looked up the prices of this region',
    why: 'Those of another region stand in for them; regions differ by up to half.',
    fix: 'Take a newer release of Muster, or look them up in a clone of it.',
  },
  'money-limit': {
    severity: 'error',
    means: 'A grid would cost more than its budget, or than muster.yaml allows',
    why: 'The launch is refused.',
    fix: 'Make the grid smaller, or raise the limit that is named.',
  },
} as const satisfies Codes;

const finding = findingsOf(moneyCodes);

const rows = {
  prices: { group: 'money', check: 'prices', title: 'Every machine has a price, of this region and not old' },
  limits: { group: 'money', check: 'limits', title: 'Budget, ceiling and month allow the grid' },
} as const satisfies Readonly<Record<string, Row>>;

export interface MoneyFacts {
  readonly prices: PriceTable;
  readonly queues: readonly WantedQueue[];
  readonly classes: readonly WantedClass[];
  readonly grids: readonly PlannedMoney[];
  /** What the environments of a queue may start, by its name, where that is known. */
  readonly started?: ReadonlyMap<string, readonly string[]>;
}

/** What the limits say of one grid, as `judgeMoney` of run/allowance.ts has it; unknown where the store is. */
export interface PlannedMoney {
  /** Path of the grid. */
  readonly grid: string;
  readonly refused: Answer<MoneyRefusal | undefined>;
}

export interface MoneyRefusal {
  readonly limit: 'budget' | 'ceiling' | 'month' | 'approval';
  readonly why: string;
  readonly fix: string;
}

/** Days after which prices are old. */
const oldAfter = 180;

/** Pure. */
export function judgeMoney(facts: MoneyFacts, now: Date): readonly Check[] {
  const { grids, prices, queues } = facts;
  const limits =
    grids.length === 0
      ? nothingToCheck(rows.limits, 'No grid is given.')
      : checked(
          rows.limits,
          grids.map(({ grid, refused }) => verdictOn(refused, (why) => limitTrouble(grid, why))),
        );
  const trouble = [...tableTrouble(prices, now), ...queues.flatMap((queue) => queueTrouble(facts, queue))];
  return [checked(rows.prices, [trouble]), limits];
}

/** Approval is given with the launch itself, so its lack is no fault of the set-up. */
function limitTrouble(grid: string, refused: MoneyRefusal | undefined): readonly Finding[] {
  if (refused === undefined || refused.limit === 'approval') return [];
  return [finding('money-limit', { about: grid, seen: refused.why, fix: refused.fix })];
}

function tableTrouble({ date, region, standsInFor }: PriceTable, now: Date): readonly Finding[] {
  if (standsInFor !== undefined) {
    const seen = `those of ${region}, of ${date}, stand in for ${standsInFor}`;
    const fix = refresh(standsInFor);
    return [finding('prices-of-another-region', { about: `prices of ${standsInFor}`, seen, fix })];
  }
  const days = Math.floor((now.getTime() - Date.parse(date)) / 86_400_000);
  if (days <= oldAfter) return [];
  const seen = `of ${date}, ${days} days ago`;
  return [finding('prices-old', { about: `prices of ${region}`, seen, fix: refresh(region) })];
}

/** Prices are part of a release: the script that looks them up is in Muster's own repository only. */
const refresh = (region: string) =>
  `Take a newer release of Muster, or in a clone of it: \`npm run prices -- --region ${region} --write\`.`;

/** A class without any price is the graver half of the same fault, and told alone. */
function queueTrouble({ prices, classes, started }: MoneyFacts, queue: WantedQueue): readonly Finding[] {
  const instanceTypes = queue.instances ?? [defaultBundle[queue.architecture]];
  const unknown = unpriced(instanceTypes, prices);
  const where = prices.standsInFor ?? prices.region;
  // Not to name them in muster.yaml: it is refused with a machine that has no price.
  const fix = `${refresh(where)} Or let the environments start machines that have one, and name these as \`queues.${queue.name}.instances\` in muster.yaml, or none.`;
  const market = { kind: 'aws', prices, instanceTypes } as const;
  const without = classes.filter(
    (one) => one.queue === queue.name && rateOf(one.resources, market) === undefined,
  );
  if (without.length > 0 && unknown.length > 0) {
    return without.map((one) =>
      finding('price-unknown', {
        about: `${one.grid}, class ${one.class}`,
        seen: `queue ${queue.name} may start ${instanceTypes.join(', ')}; without a price: ${unknown.join(', ')}`,
        fix,
      }),
    );
  }
  const all = new Set([...unknown, ...unpriced(started?.get(queue.name) ?? [], prices)]);
  if (all.size === 0) return [];
  const seen = `without a price: ${[...all].join(', ')}`;
  return [finding('price-incomplete', { about: `queue ${queue.name}`, seen, fix })];
}
