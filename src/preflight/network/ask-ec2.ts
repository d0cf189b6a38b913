import type { EC2, Filter } from '@aws-sdk/client-ec2';
import { type Answer, answerOf } from '../../aws/answer.ts';
import { allItems, type Page } from '../../aws/pages.ts';
import type { VpcDns } from './facts.ts';
import { natOf, routeTableOf, securityGroupOf, subnetOf } from './read-ec2.ts';
import { aclOf, endpointOf, internetGatewayOf } from './read-vpc.ts';

/** Values of one filter. [MEM] */
const mostValues = 200;

/** All pages, of all values; nothing is asked where there is no value. */
async function everything<Item>(
  name: string,
  values: readonly string[],
  ask: (filters: Filter[], page: { NextToken?: string }) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const all: Item[] = [];
  for (let at = 0; at < values.length; at += mostValues) {
    const filters = [{ Name: name, Values: values.slice(at, at + mostValues) }];
    all.push(...(await allItems((token) => ask(filters, token === undefined ? {} : { NextToken: token }))));
  }
  return all;
}

export const askSubnets = (ec2: EC2, ids: readonly string[]) =>
  answerOf('ec2:DescribeSubnets', async () => {
    const all = await everything('subnet-id', ids, async (Filters, page) => {
      const { Subnets, NextToken } = await ec2.describeSubnets({ Filters, ...page });
      return { items: Subnets?.map(subnetOf), nextToken: NextToken };
    });
    return byId(all);
  });

export const askGroups = (ec2: EC2, ids: readonly string[]) =>
  answerOf('ec2:DescribeSecurityGroups', async () => {
    const all = await everything('group-id', ids, async (Filters, page) => {
      const { SecurityGroups, NextToken } = await ec2.describeSecurityGroups({ Filters, ...page });
      return { items: SecurityGroups?.map(securityGroupOf), nextToken: NextToken };
    });
    return byId(all);
  });

export const askRouteTables = (ec2: EC2, vpcs: readonly string[]) =>
  answerOf('ec2:DescribeRouteTables', () =>
    everything('vpc-id', vpcs, async (Filters, page) => {
      const { RouteTables, NextToken } = await ec2.describeRouteTables({ Filters, ...page });
      return { items: RouteTables?.map(routeTableOf), nextToken: NextToken };
    }),
  );

export const askNats = (ec2: EC2, vpcs: readonly string[]) =>
  answerOf('ec2:DescribeNatGateways', () =>
    everything('vpc-id', vpcs, async (Filters, page) => {
      const { NatGateways, NextToken } = await ec2.describeNatGateways({ Filter: Filters, ...page });
      return { items: NatGateways?.map(natOf), nextToken: NextToken };
    }),
  );

export const askInternetGateways = (ec2: EC2, vpcs: readonly string[]) =>
  answerOf('ec2:DescribeInternetGateways', () =>
    everything('attachment.vpc-id', vpcs, async (Filters, page) => {
      const { InternetGateways, NextToken } = await ec2.describeInternetGateways({ Filters, ...page });
      return { items: InternetGateways?.map(internetGatewayOf), nextToken: NextToken };
    }),
  );

export const askEndpoints = (ec2: EC2, vpcs: readonly string[]) =>
  answerOf('ec2:DescribeVpcEndpoints', async () => {
    const all = await everything('vpc-id', vpcs, async (Filters, page) => {
      const { VpcEndpoints, NextToken } = await ec2.describeVpcEndpoints({ Filters, ...page });
      return { items: VpcEndpoints?.map(endpointOf), nextToken: NextToken };
    });
    // Deleted ones are still shown for a while.
    return all.filter(({ state }) => !['deleting', 'deleted'].includes(state));
  });

export const askAcls = (ec2: EC2, vpcs: readonly string[]) =>
  answerOf('ec2:DescribeNetworkAcls', () =>
    everything('vpc-id', vpcs, async (Filters, page) => {
      const { NetworkAcls, NextToken } = await ec2.describeNetworkAcls({ Filters, ...page });
      return { items: NetworkAcls?.map(aclOf), nextToken: NextToken };
    }),
  );

/** One attribute a call (AB 5.1). */
export function askDns(ec2: EC2, vpcs: readonly string[]): Promise<Answer<ReadonlyMap<string, VpcDns>>> {
  return answerOf('ec2:DescribeVpcAttribute', async () => {
    const all = vpcs.map(async (VpcId) => {
      const [support, hostnames] = await Promise.all([
        ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsSupport' }),
        ec2.describeVpcAttribute({ VpcId, Attribute: 'enableDnsHostnames' }),
      ]);
      const dns: VpcDns = {
        support: support.EnableDnsSupport?.Value ?? false,
        hostnames: hostnames.EnableDnsHostnames?.Value ?? false,
      };
      return [VpcId, dns] as const;
    });
    return new Map(await Promise.all(all));
  });
}

function byId<Item extends { readonly id: string }>(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [item.id, item]));
}
