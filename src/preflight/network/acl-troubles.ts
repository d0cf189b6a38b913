import type { Passage } from './acl-passages.ts';
import { contains } from './cidr.ts';
import type { NetworkAcl, Ports } from './facts.ts';
import { ec2Command } from './fix.ts';
import { aclOpenness } from './openness.ts';
import { byCause, listed, type Trouble } from './trouble.ts';

export function aclTroubles(
  region: string,
  passages: readonly Passage[],
  acls: readonly NetworkAcl[],
): readonly Trouble[] {
  const shut = passages.flatMap((passage) => {
    const acl = acls.find(({ subnets }) => subnets.includes(passage.subnet.id));
    if (acl === undefined) return [];
    const entries = acl.entries.filter(({ direction }) => direction === passage.direction);
    const openness = aclOpenness(entries, passage.ports, passage.peer);
    return openness === 'open' ? [] : [{ ...passage, acl, openness }];
  });
  return byCause(shut, ({ acl, direction, openness }) => `${acl.id} ${direction} ${openness}`).map(
    ([, { acl, direction, openness }, all]) => {
      const who = listed(all.map(({ subnet }) => subnet.id));
      const needed = widest(all);
      return {
        ...{
          code: `acl-${direction}-${openness}`,
          about: acl.id,
        },
        seen: `The network ACL of ${who} does not let ${openness === 'closed' ? 'through' : 'all of this through:'} ${direction} ${listed(needed.map(wordsOf))}.`,
        fix: allow(region, acl, direction, needed),
        breaks: all.map(({ subnet }) => [subnet.id, acl.id]),
      };
    },
  );
}

/** What others hold already needs no rule of its own. */
function widest(passages: readonly Passage[]): readonly Passage[] {
  const different = byCause(passages, wordsOf).map(([, first]) => first);
  return different.filter((one) => !different.some((other) => other !== one && holds(other, one)));
}

function holds(outer: Passage, inner: Passage): boolean {
  return (
    contains(outer.peer, inner.peer) &&
    outer.ports.from <= inner.ports.from &&
    inner.ports.to <= outer.ports.to
  );
}

function wordsOf({ direction, ports, peer }: Passage): string {
  return `${range(ports)} ${direction === 'outbound' ? 'to' : 'from'} ${peer}`;
}

function allow(
  region: string,
  acl: NetworkAcl,
  direction: Passage['direction'],
  passages: readonly Passage[],
): string {
  const numbers = freeNumbers(acl, direction);
  return passages
    .map(({ ports, peer }, at) =>
      ec2Command(
        ...([region, 'create-network-acl-entry', `--network-acl-id ${acl.id}`] as const),
        ...[direction === 'outbound' ? '--egress' : '--ingress', `--rule-number ${numbers[at]}`],
        ...[`--protocol tcp --port-range From=${ports.from},To=${ports.to}`, `--cidr-block ${peer}`],
        '--rule-action allow',
      ),
    )
    .join(' && ');
}

function range({ from, to }: Ports): string {
  return from === to ? `tcp ${from}` : `tcp ${from}-${to}`;
}

/** Before all others, so that none of them decides first; ACLs have 40 rules a direction at most. [MEM] */
function freeNumbers({ entries }: NetworkAcl, direction: Passage['direction']): readonly number[] {
  const taken = new Set(entries.filter((entry) => entry.direction === direction).map(({ number }) => number));
  return [...Array(200).keys()].map((at) => at + 1).filter((number) => !taken.has(number));
}
