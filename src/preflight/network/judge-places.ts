import { addressTroubles } from './address-troubles.ts';
import type { NetworkFacts, SecurityGroup, Subnet } from './facts.ts';
import { otherResources } from './fix.ts';
import type { NetworkNeed } from './need.ts';
import { alsoLacking, byCause, listed, type Row, row, type Trouble, unique } from './trouble.ts';
import { vpcTroubles } from './vpc-troubles.ts';

/** Whether what the environments name is there, belongs together, and has room. */
export function judgePlaces(facts: NetworkFacts, needs: readonly NetworkNeed[]): readonly Row[] {
  const { region, subnets, securityGroups: groups } = facts;
  return [
    row({ check: 'subnets', title: 'Every subnet exists and is available' }, { subnets }, (known) =>
      subnetTroubles(region, needs, known.subnets),
    ),
    alsoLacking(
      row({ check: 'security-groups', title: 'Every security group exists' }, { groups }, (known) => [
        ...groupTroubles(region, needs, known.groups),
      ]),
      needs.filter(isWithoutGroup).flatMap(({ unread }) => unread ?? []),
    ),
    row(
      { check: 'one-vpc', title: 'Subnets and security groups of an environment share a VPC' },
      { subnets, groups },
      (known) => needs.flatMap((need) => vpcTroubles(region, need, known.subnets, known.groups)),
    ),
    row({ check: 'addresses', title: 'Subnets have an address for every instance' }, { subnets }, (known) =>
      byCause(
        needs.flatMap((need) => addressTroubles(region, need, known.subnets)),
        ({ code, about }) => `${code} ${about}`,
      ).map(([, first]) => first),
    ),
  ];
}

function subnetTroubles(
  region: string,
  needs: readonly NetworkNeed[],
  subnets: ReadonlyMap<string, Subnet>,
): readonly Trouble[] {
  return byCause(named(needs, 'subnets'), ({ id }) => id).flatMap(([id, , all]): readonly Trouble[] => {
    const subnet = subnets.get(id);
    const users = listed(all.map(({ need }) => need.environment));
    const breaks = all.map(({ need }) => [need.environment, id] as const);
    const mayStay = (other: string) => other !== id && subnets.get(other)?.state === 'available';
    const others = all.map(({ need }) => ({ need, stay: need.subnets.filter(mayStay) }));
    const fix = otherResources(region, 'subnets', others);
    if (subnet === undefined) {
      const seen = `Compute environment ${users} names a subnet that ${region} does not show.`;
      return [{ code: 'subnet-missing', about: id, seen, fix, breaks }];
    }
    if (subnet.state !== 'available') {
      const seen = `The subnet's state is ${subnet.state}, not available; ${users} uses it.`;
      return [{ code: 'subnet-not-available', about: id, seen, fix, breaks }];
    }
    if (!subnet.ipv6Only) return [];
    const seen = `The subnet of ${users} has only IPv6 addresses.`;
    return [{ code: 'subnet-ipv6-only', about: id, seen, fix, breaks }];
  });
}

function groupTroubles(
  region: string,
  needs: readonly NetworkNeed[],
  groups: ReadonlyMap<string, SecurityGroup>,
): readonly Trouble[] {
  const missing = byCause(
    named(needs, 'securityGroups').filter(({ id }) => !groups.has(id)),
    ({ id }) => id,
  ).map(([id, , all]): Trouble => {
    const users = listed(all.map(({ need }) => need.environment));
    const others = all.map(({ need }) => ({
      ...{ need, stay: need.securityGroups.filter((other) => groups.has(other)) },
    }));
    return {
      ...{ code: 'security-group-missing', about: id },
      seen: `Compute environment ${users} names a security group that ${region} does not show.`,
      fix: otherResources(region, 'securityGroupIds', others),
      breaks: all.flatMap(({ need }) => need.subnets.map((subnet) => [need.environment, subnet] as const)),
    };
  });
  const without = needs.filter((need) => isWithoutGroup(need) && need.unread === undefined);
  return [...missing, ...without.map((need) => withoutGroup(region, need))];
}

const isWithoutGroup = ({ securityGroups }: NetworkNeed) => securityGroups.length === 0;

/** Batch wants one, in the environment or in its launch template (AB 4.2). */
function withoutGroup(region: string, need: NetworkNeed): Trouble {
  return {
    ...{ code: 'security-group-none', about: need.environment },
    seen: 'Neither the compute environment nor what Muster could read of its launch template names a security group.',
    fix: otherResources(region, 'securityGroupIds', [{ need, stay: [] }]),
    breaks: [],
  };
}

function named(
  needs: readonly NetworkNeed[],
  what: 'subnets' | 'securityGroups',
): readonly { readonly id: string; readonly need: NetworkNeed }[] {
  return needs.flatMap((need) => unique(need[what]).map((id) => ({ id, need })));
}
