import type { QueueFacts } from './capacity/facts.ts';
import { fitTables } from './capacity/fit-table.ts';
import { judgeFit } from './capacity/judge-fit.ts';
import { judgeQueues } from './capacity/judge-queues.ts';
import { judgeQuotas } from './capacity/judge-quotas.ts';
import { networkNeeds } from './capacity/network-needs.ts';
import { nothingToCheck } from './codes.ts';
import type { Check } from './finding.ts';
import type { PreflightFacts } from './gather.ts';
import { withImages } from './image-needs.ts';
import { judgeNetwork } from './network/judge-network.ts';
import { networkPicture } from './network/picture.ts';
import type { PreflightRequest } from './preflight.ts';
import type { PreflightReport } from './report.ts';
import { arnParts } from './surroundings/arn.ts';
import type { IdentityFacts } from './surroundings/identity.ts';
import { judgeDefinition } from './surroundings/judge-definition.ts';
import { judgeIdentity } from './surroundings/judge-identity.ts';
import { judgeImages } from './surroundings/judge-images.ts';
import { judgeMoney } from './surroundings/judge-money.ts';
import { judgeRoles } from './surroundings/judge-roles.ts';
import { judgeStorage } from './surroundings/judge-storage.ts';
import type { WantedQueue } from './wanted.ts';

/** Every check, whatever the others say. Pure. */
export function judgeAll(
  facts: PreflightFacts,
  { region, wanted, definitions, money, prices }: PreflightRequest,
  now: Date,
): Pick<PreflightReport, 'checks' | 'fits' | 'picture'> {
  const { identity, network, roles, images, storage } = facts;
  const { queues, classes } = wanted;
  const { account, isElsewhere } = accountOf(identity, queues);
  const capacity = { ...facts.capacity, queues: facts.capacity.queues.filter(isIn(account)) };
  const environments = networkNeeds(capacity.queues, capacity.types, classes);
  const needs = withImages(environments, capacity.queues, wanted, region);
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
    ...judgeMoney({ prices, queues, classes, grids: money, started: startedBy(capacity.queues) }, now),
  ];
  const fits = fitTables(capacity, classes);
  const hasSubnet = needs.some(({ subnets }) => subnets.length > 0);
  return {
    checks: isElsewhere ? checks.map(unlessUnseen) : checks,
    ...(fits.length > 0 && !isElsewhere && { fits }),
    ...(hasSubnet && { picture: networkPicture(network, needs) }),
  };
}

/** By the queue's name; of those whose environments could be asked. */
const startedBy = (queues: readonly QueueFacts[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    queues.flatMap(({ wanted, environments }) =>
      environments.known ? [[wanted.name, environments.value.flatMap(({ types }) => types)] as const] : [],
    ),
  );

interface Account {
  /** Where everything has to be; absent: nobody knows. */
  readonly account?: string;
  /** The credentials are of another one, where nothing of it can be seen. */
  readonly isElsewhere: boolean;
}

/** That of the credentials, if a queue is in it; else that of the queues. Without any, that of whoever asks. */
function accountOf({ caller }: IdentityFacts, queues: readonly Pick<WantedQueue, 'arn'>[]): Account {
  const [first, ...others] = queues.map(({ arn }) => arnParts(arn).account);
  if (!caller.known) return { ...(first !== undefined && { account: first }), isElsewhere: false };
  const { account: own } = caller.value;
  if (first === undefined || first === own || others.includes(own)) {
    return { account: own, isElsewhere: false };
  }
  return { account: first, isElsewhere: true };
}

/** Others have been told of with the credentials, which see nothing of them. */
const isIn =
  (account: string | undefined) =>
  ({ wanted }: { readonly wanted: Pick<WantedQueue, 'arn'> }) =>
    account === undefined || arnParts(wanted.arn).account === account;

const unseenGroups: ReadonlySet<Check['group']> = new Set(['network', 'queue', 'fit', 'quotas']);
const unseenChecks: ReadonlySet<string> = new Set([
  'job-role',
  'execution-role',
  'instance-profiles',
  'log-group',
]);

/** Asked with credentials of another account, these tell of things there that bear the same names, or that there are none. */
function unlessUnseen(check: Check): Check {
  if (!unseenGroups.has(check.group) && !unseenChecks.has(check.check)) return check;
  return nothingToCheck(check, 'The credentials are of another account than the queues.');
}
