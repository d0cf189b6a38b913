import { unbundled } from '../../money/instances.ts';
import { verdictOn } from '../codes.ts';
import { infrastructureChange } from '../environment-change.ts';
import type { Check, Finding } from '../finding.ts';
import { finding } from './codes.ts';
import { type CapacityFacts, type EnvironmentFacts, type InstanceType, typesNamed } from './facts.ts';
import { aboutEnvironment, aboutQueue, onUsable, type UsableQueue } from './on-queues.ts';

const row = {
  group: 'queue',
  check: 'types',
  title: 'Instance types exist and have the one architecture that muster.yaml says',
} as const;

export function judgeTypes(facts: CapacityFacts): Check {
  return onUsable(row, facts, (queue) => [
    verdictOn(facts.types.types, (known) => [
      ...queue.environments.flatMap((one) => [
        ...unknownTypes(one, known, facts.region),
        ...notOnSpot(one, known, facts.region),
      ]),
      ...architectureTrouble(queue, known, facts.region),
    ]),
  ]);
}

function unknownTypes(
  environment: EnvironmentFacts,
  known: readonly InstanceType[],
  region: string,
): readonly Finding[] {
  const unknown = unbundled(environment.types).filter((entry) => typesNamed([entry], known).length === 0);
  if (unknown.length === 0) return [];
  const rest = environment.types.filter((entry) => typesNamed([entry], known).length > 0);
  const about = aboutEnvironment(environment);
  const seen = `${unknown.join(', ')} ${unknown.length === 1 ? 'is' : 'are'} not known in ${region}`;
  const fix = startOnly(environment, rest, region);
  return [finding(rest.length === 0 ? 'types-none' : 'type-unknown', { about, seen, fix })];
}

/** Families and sizes that are sold On-Demand only. */
function notOnSpot(
  environment: EnvironmentFacts,
  known: readonly InstanceType[],
  region: string,
): readonly Finding[] {
  if (environment.buys !== 'SPOT') return [];
  const there = environment.types.filter((entry) => typesNamed([entry], known).length > 0);
  const rest = there.filter((entry) => typesNamed([entry], known).some(({ spot }) => spot));
  const without = there.filter((entry) => !rest.includes(entry));
  if (without.length === 0) return [];
  const about = aboutEnvironment(environment);
  const seen = `it buys SPOT, and ${without.join(', ')} cannot be bought so`;
  const fix = startOnly(environment, rest, region);
  return [finding(rest.length === 0 ? 'types-not-on-spot' : 'type-not-on-spot', { about, seen, fix })];
}

/** `FAMILIES` where none is known that would do. */
export const startOnly = (environment: EnvironmentFacts, types: readonly string[], region: string) =>
  infrastructureChange(
    region,
    environment,
    `instanceTypes=${types.length === 0 ? 'FAMILIES' : types.join(',')}`,
  );

function architectureTrouble(
  { wanted, environments }: UsableQueue,
  known: readonly InstanceType[],
  region: string,
): readonly Finding[] {
  const of = (architecture: 'arm64' | 'amd64', { types }: EnvironmentFacts) =>
    types.filter((entry) =>
      typesNamed([entry], known).some(({ architectures }) => architectures.includes(architecture)),
    );
  const other = wanted.architecture === 'arm64' ? 'amd64' : 'arm64';
  const wrong = environments.filter((one) => of(other, one).length > 0);
  const [first] = wrong;
  if (first === undefined) return [];
  const about = aboutQueue(wanted);
  const isMixed = environments.some((one) => of(wanted.architecture, one).length > 0);
  if (!isMixed) {
    const seen = `muster.yaml says ${wanted.architecture}; ${first.name} starts ${of(other, first).join(', ')}, which are ${other}`;
    const fix = `Write \`queues.${wanted.name}.architecture: ${other}\` in muster.yaml, and build images for it.`;
    return [finding('architecture-differs', { about, seen, fix })];
  }
  const seen = environments
    .map(
      (one) =>
        `${one.name} starts ${[...words(of('amd64', one), 'amd64'), ...words(of('arm64', one), 'arm64')].join(' and ')}`,
    )
    .join('; ');
  const right = of(wanted.architecture, first);
  const fix = `Keep ${wanted.architecture}: ${startOnly(first, right, region)}`;
  return [finding('architecture-mixed', { about, seen, fix })];
}

const words = (types: readonly string[], architecture: string) =>
  types.length === 0 ? [] : [`${types.join(', ')} (${architecture})`];
