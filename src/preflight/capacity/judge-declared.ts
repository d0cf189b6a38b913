import { defaultBundle, unbundled } from '../../money/instances.ts';
import type { Check, Finding } from '../finding.ts';
import { finding } from './codes.ts';
import { type CapacityFacts, familyOf } from './facts.ts';
import { maxVcpusOf } from './judge-room.ts';
import { aboutQueue, onUsable, type UsableQueue } from './on-queues.ts';

const row = {
  group: 'queue',
  check: 'declared',
  title: 'muster.yaml says what the environments of its queues really are',
} as const;

/** Plans are made and priced from muster.yaml, without asking anybody. */
export function judgeDeclared(facts: CapacityFacts): Check {
  return onUsable(row, facts, (queue) => [[...instancesTrouble(queue), ...maximumTrouble(queue)]]);
}

function instancesTrouble({ wanted, environments }: UsableQueue): readonly Finding[] {
  const entries = [...new Set(environments.flatMap(({ types }) => types))];
  const said = wanted.instances ?? [defaultBundle[wanted.architecture]];
  const there = plain(entries);
  const told = plain(said);
  const unsaid = there.filter((entry) => !told.includes(entry));
  const absent = told.filter((entry) => !there.includes(entry));
  if (unsaid.length === 0 && absent.length === 0) return [];
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

function maximumTrouble({ wanted, environments }: UsableQueue): readonly Finding[] {
  const there = maxVcpusOf(environments);
  if (wanted.maxVcpus === undefined || wanted.maxVcpus === there) return [];
  const each = environments.map(({ name, maxVcpus }) => `${name} ${maxVcpus}`).join(' + ');
  return [
    finding('max-vcpus-differ', {
      about: aboutQueue(wanted),
      seen: `muster.yaml says ${wanted.maxVcpus} vCPUs; the environments allow ${there} (${each})`,
      fix: `Write \`queues.${wanted.name}.max_vcpus: ${there}\` in muster.yaml.`,
    }),
  ];
}
