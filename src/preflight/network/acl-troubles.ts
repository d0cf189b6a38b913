import type { Passage } from './acl-passages.ts';
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
    ([, { acl, direction, openness, ports, peer }, all]) => {
      const where = `${direction} ${range(ports)} ${direction === 'outbound' ? 'to' : 'from'} ${peer}`;
      const who = listed(all.map(({ subnet }) => subnet.id));
      return {
        ...{
          code: `acl-${direction}-${openness}`,
          about: acl.id,
        },
        seen: `The network ACL of ${who} does not let ${openness === 'closed' ? 'through' : 'all of this through:'} ${where}.`,
        fix: ec2Command(
          ...([region, 'create-network-acl-entry', `--network-acl-id ${acl.id}`] as const),
          ...[
            direction === 'outbound' ? '--egress' : '--ingress',
            `--rule-number ${freeNumber(acl, direction)}`,
          ],
          ...[`--protocol tcp --port-range From=${ports.from},To=${ports.to}`, `--cidr-block ${peer}`],
          '--rule-action allow',
        ),
        breaks: all.map(({ subnet }) => [subnet.id, acl.id]),
      };
    },
  );
}

function range({ from, to }: Ports): string {
  return from === to ? `tcp ${from}` : `tcp ${from}-${to}`;
}

/** Before all others, so that none of them decides first. */
function freeNumber({ entries }: NetworkAcl, direction: Passage['direction']): number {
  const taken = new Set(entries.filter((entry) => entry.direction === direction).map(({ number }) => number));
  return [...Array(100).keys()].map((at) => at + 1).find((number) => !taken.has(number)) ?? 1;
}
