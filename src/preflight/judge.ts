import { judgeFit } from './capacity/judge-fit.ts';
import { judgeQueues } from './capacity/judge-queues.ts';
import { judgeQuotas } from './capacity/judge-quotas.ts';
import { networkNeeds } from './capacity/network-needs.ts';
import type { Check } from './finding.ts';
import type { PreflightFacts } from './gather.ts';
import { judgeNetwork } from './network/judge-network.ts';
import { networkPicture } from './network/picture.ts';
import type { PreflightRequest } from './preflight.ts';
import { arnParts } from './surroundings/arn.ts';
import { judgeDefinition } from './surroundings/judge-definition.ts';
import { judgeIdentity } from './surroundings/judge-identity.ts';
import { judgeImages } from './surroundings/judge-images.ts';
import { judgeMoney } from './surroundings/judge-money.ts';
import { judgeRoles } from './surroundings/judge-roles.ts';
import { judgeStorage } from './surroundings/judge-storage.ts';

/** Every check, whatever the others say. Pure. */
export function judgeAll(
  facts: PreflightFacts,
  { region, wanted, definitions, money, prices }: PreflightRequest,
  now: Date,
): { readonly checks: readonly Check[]; readonly picture?: string } {
  const { identity, capacity, network, roles, images, storage } = facts;
  const { queues, classes } = wanted;
  const needs = networkNeeds(capacity.queues, capacity.types, classes);
  const account = accountOf(facts, queues[0]?.arn);
  const checks = [
    ...judgeIdentity(identity, queues),
    ...judgeRoles(roles, account),
    ...judgeNetwork(network, needs),
    ...judgeQueues(capacity, classes),
    ...judgeFit(capacity, classes),
    ...judgeImages(images, { region, ...(account !== undefined && { account }) }),
    ...judgeDefinition(definitions),
    ...judgeStorage(storage),
    ...judgeQuotas(capacity, classes),
    ...judgeMoney({ prices, queues, classes, grids: money }, now),
  ];
  const hasSubnet = needs.some(({ subnets }) => subnets.length > 0);
  return { checks, ...(hasSubnet && { picture: networkPicture(network, needs) }) };
}

/** That of the queues is where everything has to be; without any, that of whoever asks. */
function accountOf({ identity: { caller } }: PreflightFacts, arn: string | undefined): string | undefined {
  if (arn !== undefined) return arnParts(arn).account;
  return caller.known ? caller.value.account : undefined;
}
