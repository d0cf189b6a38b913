import type { Rule, SecurityGroup } from './facts.ts';
import { ec2Command } from './fix.ts';
import { type Ground, noSubnet, rowOfPlaces } from './ground.ts';
import { type Reach, reachOf } from './group-reach.ts';
import { byCause, listed, type Row, row, type Trouble, unique } from './trouble.ts';
import { subnetBy } from './way.ts';

/** Whether security groups let jobs out, and nobody in. */
export function judgeGroups(ground: Ground): readonly Row[] {
  const { securityGroups, endpoints, subnets, neighbours } = ground.facts;
  return [
    rowOfPlaces(
      { check: 'group-egress', title: 'Security groups let HTTPS out', nothing: noSubnet },
      ...([ground, () => true, { securityGroups, endpoints, subnets, neighbours }] as const),
      (places, known) =>
        egressTroubles(
          ground.region,
          places.flatMap((place) =>
            reachOf(ground.region, place, known.securityGroups, known.endpoints, (id) =>
              subnetBy(id, [known.subnets, known.neighbours]),
            ),
          ),
        ),
    ),
    row({ check: 'open-inbound', title: 'Nobody is let in from anywhere' }, { securityGroups }, (known) =>
      [...known.securityGroups.values()].flatMap((group) => openInbound(ground.region, group)),
    ),
  ];
}

function egressTroubles(region: string, reaches: readonly Reach[]): readonly Trouble[] {
  return byCause(reaches, ({ groups }) => listed(groups)).flatMap(
    ([about, { groups }, all]): readonly Trouble[] => {
      const [group = ''] = groups;
      const closed = all.filter(({ openness }) => openness === 'closed');
      const partly = all.filter(({ openness }) => openness === 'partly');
      const breaks = byCause(closed, ({ place }) => `${place.need.environment} ${place.subnet.id}`).map(
        ([, { place }]) => [place.need.environment, place.subnet.id] as const,
      );
      if (closed.length === all.length) {
        const seen = 'No outbound rule lets tcp 443 through.';
        const fix = allow(region, group, all);
        return [{ code: 'group-egress-closed', about, seen, fix, breaks }];
      }
      if (closed.length > 0) {
        const seen = `No outbound rule lets tcp 443 through to ${byPeer(closed)}.`;
        const fix = allow(region, group, closed);
        return [{ code: 'group-egress-missing', about, seen, fix, breaks }];
      }
      if (partly.length === 0) return [];
      const seen = `Outbound rules let tcp 443 through to some addresses of ${byPeer(partly)}.`;
      const fix = allow(region, group, partly);
      return [{ code: 'group-egress-narrow', about, seen, fix, breaks: [] }];
    },
  );
}

/** `the internet (ecs and logs)` */
function byPeer(reaches: readonly Reach[]): string {
  return listed(
    byCause(reaches, ({ peerName }) => peerName).map(
      ([name, , all]) => `${name} (${listed(all.map(({ service }) => service))})`,
    ),
  );
}

function allow(region: string, group: string, reaches: readonly Reach[]): string {
  const command = ec2Command(
    region,
    'authorize-security-group-egress',
    `--group-id ${group}`,
    '--ip-permissions',
  );
  const permissions = reaches.map(({ peer }) => {
    const [theirs] = peer.groups ?? [];
    if (theirs !== undefined) return permission(`UserIdGroupPairs=[{GroupId=${theirs}}]`);
    if (peer.prefixList !== undefined) return permission(`PrefixListIds=[{PrefixListId=${peer.prefixList}}]`);
    return permission('IpRanges=[{CidrIp=0.0.0.0/0}]');
  });
  return `${command} ${unique(permissions).join(' ')}`;
}

function permission(peer: string): string {
  return `'IpProtocol=tcp,FromPort=443,ToPort=443,${peer}'`;
}

/** Batch needs nothing inbound; SSH least of all (AB 5.2). */
function openInbound(region: string, { id, ingress }: SecurityGroup): readonly Trouble[] {
  const open = ingress.filter(
    ({ cidrs, ipv6Cidrs }) => cidrs.includes('0.0.0.0/0') || ipv6Cidrs.includes('::/0'),
  );
  if (open.length === 0) return [];
  return [
    {
      ...{ code: 'open-inbound', about: id },
      seen: `Anybody may connect: ${listed(open.map(portsName))}.`,
      fix: open.map((rule) => revoke(region, id, rule)).join(' && '),
      breaks: [],
    },
  ];
}

function portsName({ protocol, ports: { from, to } }: Rule): string {
  if (protocol === '-1') return 'every port';
  if (!hasPorts(protocol)) return `protocol ${protocol}`;
  return `${protocol} ${from === to ? from : `${from}-${to}`}`;
}

function revoke(region: string, group: string, rule: Rule): string {
  const ranges = [
    rule.cidrs.includes('0.0.0.0/0') ? 'IpRanges=[{CidrIp=0.0.0.0/0}]' : [],
    rule.ipv6Cidrs.includes('::/0') ? 'Ipv6Ranges=[{CidrIpv6=::/0}]' : [],
  ].flat();
  return ec2Command(
    ...([region, 'revoke-security-group-ingress', `--group-id ${group}`] as const),
    `--ip-permissions 'IpProtocol=${rule.protocol},${[...between(rule), ...ranges].join(',')}'`,
  );
}

/** As EC2 keeps them, or it finds no such rule: kinds of ICMP stand in place of ports, -1 for all of them (AB 5.1). */
function between({ protocol, ports: { from, to } }: Rule): readonly string[] {
  if (hasPorts(protocol)) return [`FromPort=${from}`, `ToPort=${to}`];
  if (!['icmp', 'icmpv6', '1', '58'].includes(protocol)) return [];
  // Every port is how an absent range is read.
  return to === 65_535 ? ['FromPort=-1', 'ToPort=-1'] : [`FromPort=${from}`, `ToPort=${to}`];
}

function hasPorts(protocol: string): boolean {
  return ['tcp', 'udp', '6', '17'].includes(protocol);
}
