import type { SecurityGroup, Subnet } from './facts.ts';
import { otherResources } from './fix.ts';
import type { NetworkNeed } from './need.ts';
import { byCause, listed, type Trouble, unique } from './trouble.ts';

/** All in one VPC (AB 4.2, 5.2). */
export function vpcTroubles(
  region: string,
  need: NetworkNeed,
  subnets: ReadonlyMap<string, Subnet>,
  groups: ReadonlyMap<string, SecurityGroup>,
): readonly Trouble[] {
  const { environment } = need;
  const ours = unique(need.subnets).flatMap((id) => subnets.get(id) ?? []);
  // The VPC of most subnets is the one that was meant.
  const byVpc = byCause(ours, ({ vpc }) => vpc).toSorted(
    ([, , one], [, , other]) => other.length - one.length,
  );
  const vpc = byVpc[0]?.[0];
  if (vpc === undefined) return [];
  if (byVpc.length > 1) {
    const stay = ours.filter((subnet) => subnet.vpc === vpc).map(({ id }) => id);
    return [
      {
        ...{ code: 'subnets-in-several-vpcs', about: environment },
        seen: byVpc.map(([id, , all]) => `${listed(all.map(({ id }) => id))} in ${id}`).join('; '),
        fix: otherResources(region, 'subnets', [{ need, stay }]),
        breaks: ours.filter((subnet) => subnet.vpc !== vpc).map(({ id }) => [environment, id]),
      },
    ];
  }
  return unique(need.securityGroups)
    .flatMap((id) => groups.get(id) ?? [])
    .filter((group) => group.vpc !== vpc)
    .map((group) => ({
      ...{ code: 'security-group-in-other-vpc', about: group.id },
      seen: `The group is in ${group.vpc}; the subnets of ${environment} are in ${vpc}.`,
      fix: otherResources(region, 'securityGroupIds', [
        { need, stay: need.securityGroups.filter((id) => groups.get(id)?.vpc === vpc) },
      ]),
      breaks: ours.map(({ id }) => [environment, id]),
    }));
}
