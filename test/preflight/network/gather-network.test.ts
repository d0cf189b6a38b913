import { expect, test } from 'vitest';
import type { PreflightClients } from '../../../src/preflight/clients.ts';
import { gatherNetwork } from '../../../src/preflight/network/gather-network.ts';

interface Asked {
  readonly Filters?: readonly { readonly Name: string; readonly Values: readonly string[] }[];
  readonly NextToken?: string;
}

/** Subnets two a page, and nothing else of anything. */
function pagedEc2(asked: Asked[]): PreflightClients['ec2'] {
  const nothing = async () => ({});
  const ec2 = {
    describeSubnets: async (input: Asked) => {
      asked.push(input);
      const at = Number(input.NextToken ?? 0);
      const ids = input.Filters?.[0]?.Values ?? [];
      const Subnets = ids
        .slice(at, at + 2)
        .map((SubnetId) => ({ SubnetId, VpcId: 'vpc-1', State: 'available' }));
      return { Subnets, ...(at + 2 < ids.length ? { NextToken: String(at + 2) } : {}) };
    },
    ...{ describeSecurityGroups: nothing, describeRouteTables: nothing, describeNatGateways: nothing },
    ...{ describeInternetGateways: nothing, describeVpcEndpoints: nothing, describeNetworkAcls: nothing },
  };
  // The rest of the client is never called.
  return ec2 as unknown as PreflightClients['ec2'];
}

const needOf = (subnets: readonly string[]) => ({
  ...{ environment: 'spot', subnets, securityGroups: ['sg-1'], instances: 1, logs: true },
});

test('reads every page, and asks by filters', async () => {
  const asked: Asked[] = [];
  const ids = ['subnet-1', 'subnet-2', 'subnet-3'];
  const facts = await gatherNetwork({ ec2: pagedEc2(asked) }, 'us-west-2', [needOf(ids)]);
  expect(facts.subnets.known && [...facts.subnets.value.keys()]).toEqual(ids);
  const Filters = [{ Name: 'subnet-id', Values: ids }];
  expect(asked).toEqual([{ Filters }, { Filters, NextToken: '2' }]);
});

test('asks for 200 values of a filter at most, and for each once', async () => {
  const asked: Asked[] = [];
  const ids = Array.from({ length: 201 }, (_, at) => `subnet-${at}`);
  const facts = await gatherNetwork({ ec2: pagedEc2(asked) }, 'us-west-2', [needOf(ids), needOf(ids)]);
  expect(facts.subnets.known && facts.subnets.value.size).toBe(201);
  const sizes = new Set(asked.map(({ Filters }) => Filters?.[0]?.Values.length));
  expect([...sizes]).toEqual([200, 1]);
});
