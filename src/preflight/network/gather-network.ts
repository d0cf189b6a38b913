import type { Answer } from '../../aws/answer.ts';
import type { PreflightClients } from '../clients.ts';
import {
  askAcls,
  askDns,
  askEndpoints,
  askGroups,
  askInternetGateways,
  askNats,
  askRouteTables,
  askSubnets,
} from './ask-ec2.ts';
import type { Endpoint, NatGateway, NetworkFacts, Subnet } from './facts.ts';
import type { NetworkNeed } from './need.ts';
import { isGateway } from './services.ts';
import { unique } from './trouble.ts';

/**
 * Asks once per kind of thing, over all environments; by filters, because one unknown id fails a call that names ids
 * (AB 5.1). A refused call is answered as unknown, and so is what would have followed from it.
 */
export async function gatherNetwork(
  { ec2 }: Pick<PreflightClients, 'ec2'>,
  region: string,
  needs: readonly NetworkNeed[],
): Promise<NetworkFacts> {
  const [subnets, securityGroups] = await Promise.all([
    askSubnets(ec2, unique(needs.flatMap((need) => need.subnets))),
    askGroups(ec2, unique(needs.flatMap((need) => need.securityGroups))),
  ]);
  const vpcs = subnets.known ? unique([...subnets.value.values()].map(({ vpc }) => vpc)) : [];
  const [routeTables, nats, internetGateways, endpoints, acls] = await Promise.all([
    after(subnets, () => askRouteTables(ec2, vpcs)),
    after(subnets, () => askNats(ec2, vpcs)),
    after(subnets, () => askInternetGateways(ec2, vpcs)),
    after(subnets, () => askEndpoints(ec2, vpcs)),
    after(subnets, () => askAcls(ec2, vpcs)),
  ]);
  const [neighbours, endpointGroups, dns] = await Promise.all([
    after(subnets, (ours) => askSubnets(ec2, neighbourIds(ours, nats, endpoints))),
    after(endpoints, (all) => askGroups(ec2, unique(all.flatMap(({ groups }) => groups)))),
    after(endpoints, (all) => askDns(ec2, withInterfaces(all))),
  ]);
  return {
    ...{ region, subnets, neighbours, securityGroups, endpointGroups },
    ...{ routeTables, nats, internetGateways, endpoints, acls, dns },
  };
}

/** Without the first answer, nobody knows what to ask next. */
function after<First, Value>(
  first: Answer<First>,
  ask: (value: First) => Promise<Answer<Value>>,
): Promise<Answer<Value>> {
  return first.known ? ask(first.value) : Promise.resolve(first);
}

function neighbourIds(
  ours: ReadonlyMap<string, Subnet>,
  nats: Answer<readonly NatGateway[]>,
  endpoints: Answer<readonly Endpoint[]>,
): readonly string[] {
  const ofNats = nats.known ? nats.value.flatMap(({ subnet }) => subnet ?? []) : [];
  const ofEndpoints = endpoints.known ? endpoints.value.flatMap((endpoint) => endpoint.subnets) : [];
  return unique([...ofNats, ...ofEndpoints]).filter((id) => !ours.has(id));
}

function withInterfaces(endpoints: readonly Endpoint[]): readonly string[] {
  return unique(endpoints.filter(({ type }) => !isGateway(type)).map(({ vpc }) => vpc));
}
