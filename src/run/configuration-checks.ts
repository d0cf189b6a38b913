import { instancesOf, unpriced } from '../money/instances.ts';
import type { PriceTable } from '../money/prices.ts';
import { nearest } from '../plan/nearest.ts';
import { type Configuration, queueArn } from './configuration-schema.ts';

/** Something that only shows when keys are seen together. */
export interface Contradiction {
  readonly path: readonly string[];
  readonly message: string;
  readonly fix: string;
}

/** What the schema cannot say about one key alone. Pure. `pricesOf` a region. */
export function contradictions(
  configuration: Configuration,
  pricesOf: (region: string) => PriceTable,
): readonly Contradiction[] {
  return [
    ...foreignRegions(configuration),
    ...sharedArns(configuration),
    ...Object.keys(configuration.queues).flatMap((name) => wrongInstances(configuration, name, pricesOf)),
    ...uselessLimits(configuration),
  ];
}

/** Of the queue with this ARN. */
export const regionOfArn = (arn: string): string | undefined => queueArn.exec(arn)?.[2];

function foreignRegions({ region, queues }: Configuration): readonly Contradiction[] {
  const [first] = Object.values(queues);
  const home = region ?? (first === undefined ? undefined : regionOfArn(first.arn));
  return Object.entries(queues).flatMap(([name, { arn }]) => {
    const its = regionOfArn(arn);
    if (its === home) return [];
    const other = region === undefined ? 'other queues are' : '`region` is';
    return {
      path: ['queues', name, 'arn'],
      message: `the queue is in ${its}, but ${other} ${region === undefined ? `in ${home}` : home}`,
      fix: 'All queues, and `region` if it is given, have to be the same; use a stage for another region.',
    };
  });
}

function sharedArns({ queues }: Configuration): readonly Contradiction[] {
  const names = new Map<string, string>();
  return Object.entries(queues).flatMap(([name, { arn }]) => {
    const first = names.get(arn);
    if (first === undefined) names.set(arn, name);
    if (first === undefined) return [];
    return {
      path: ['queues', name, 'arn'],
      message: `\`${name}\` is the same queue as \`${first}\``,
      fix: 'A queue has one architecture and one capacity: name it once.',
    };
  });
}

function wrongInstances(
  { queues }: Configuration,
  name: string,
  pricesOf: (region: string) => PriceTable,
): readonly Contradiction[] {
  const queue = queues[name];
  const prices = pricesOf(regionOfArn(queue?.arn ?? '') ?? '');
  const entries = queue?.instances ?? [];
  return entries.flatMap((entry, at) => {
    const path = ['queues', name, 'instances', String(at)];
    if (unpriced([entry], prices).length > 0) {
      const near = nearest(entry, Object.keys(prices.families));
      return {
        path,
        message: `\`${entry}\` has no price in the table of ${prices.date}: nobody could say what a run costs`,
        fix: `${near === undefined ? '' : `Did you mean \`${near}\`? `}Families with a price: ${Object.keys(prices.families).join(', ')}. Or leave \`instances\` out: prices are then those of usual families.`,
      };
    }
    const other = instancesOf([entry], prices).find((one) => one.architecture !== queue?.architecture);
    if (other === undefined) return [];
    return {
      path,
      message: `\`${entry}\` is ${other.architecture}, but the queue's architecture is ${queue?.architecture}`,
      fix: 'All instance types of a queue have one architecture (AWS Batch refuses others).',
    };
  });
}

function uselessLimits({ money }: Configuration): readonly Contradiction[] {
  const { run_usd, month_usd, approval_above_usd } = money;
  const found: Contradiction[] = [];
  if (run_usd !== undefined && month_usd !== undefined && run_usd > month_usd) {
    found.push({
      path: ['money', 'run_usd'],
      message: `one run may cost ${run_usd}, more than \`month_usd\`, ${month_usd}, allows for all of them`,
      fix: 'Lower `run_usd` or raise `month_usd`.',
    });
  }
  if (run_usd !== undefined && approval_above_usd !== undefined && approval_above_usd > run_usd) {
    found.push({
      path: ['money', 'approval_above_usd'],
      message: `nobody would ever be asked: an estimate above \`run_usd\`, ${run_usd}, is refused`,
      fix: 'Write less than `run_usd`.',
    });
  }
  return found;
}
