import { defaultBundle, unbundled } from '../../money/instances.ts';
import type { Check, Finding } from '../finding.ts';
import type { WantedQueue } from '../wanted.ts';
import { finding } from './codes.ts';
import { type CapacityFacts, type EnvironmentFacts, familyOf } from './facts.ts';
import { maxVcpusOf } from './judge-room.ts';
import { aboutQueue, onUsable } from './on-queues.ts';

const row = {
  group: 'queue',
  check: 'declared',
  title: 'muster.yaml says what the environments of its queues really are',
} as const;

/** Plans are made and priced from muster.yaml, without asking anybody. */
export function judgeDeclared(facts: CapacityFacts): Check {
  return onUsable(row, facts, (queue) => [
    instancesTrouble(queue.wanted, queue.environments, queue.all),
    maximumTrouble(queue.wanted, queue.environments, queue.all),
  ]);
}

function instancesTrouble(
  wanted: WantedQueue,
  environments: readonly EnvironmentFacts[],
  all: readonly EnvironmentFacts[],
): readonly Finding[] {
  const entries = [...new Set(environments.flatMap(({ types }) => types))];
  const said = wanted.instances ?? [defaultBundle[wanted.architecture]];
  const told = plain(said);
  const isSaid = (types: readonly string[]) => plain(types).join() === told.join();
  if (isSaid(entries) || isSaid(all.flatMap(({ types }) => types))) return [];
  const whose =
    wanted.instances === undefined
      ? `muster.yaml names none, so prices are those of ${told.join(', ')}`
      : `muster.yaml says ${said.join(', ')}`;
  return [
    finding('instances-differ', {
      about: aboutQueue(wanted),
      seen: `${whose}; the environments may start ${entries.join(', ')}`,
      fix: `Write \`queues.${wanted.name}.instances: [${entries.join(', ')}]\` in muster.yaml.`,
    }),
  ];
}

/** Families and sizes, without the sizes of families that are named themselves. */
function plain(entries: readonly string[]): readonly string[] {
  const all = new Set(unbundled(entries));
  return [...all].filter((entry) => !entry.includes('.') || !all.has(familyOf(entry))).sort();
}

function maximumTrouble(
  wanted: WantedQueue,
  environments: readonly EnvironmentFacts[],
  all: readonly EnvironmentFacts[],
): readonly Finding[] {
  const there = maxVcpusOf(environments);
  const { maxVcpus } = wanted;
  if (maxVcpus === undefined || maxVcpus === there || maxVcpus === maxVcpusOf(all)) return [];
  const each = environments.map(({ name, maxVcpus: own }) => `${name} ${own}`).join(' + ');
  return [
    finding('max-vcpus-differ', {
      about: aboutQueue(wanted),
      seen: `muster.yaml says ${maxVcpus} vCPUs; the environments allow ${there} (${each})`,
      fix: `Write \`queues.${wanted.name}.max_vcpus: ${there}\` in muster.yaml.`,
    }),
  ];
}
