import type { ConsumableResourceProperties, DescribeConsumableResourceResponse } from '@aws-sdk/client-batch';
import { deniedNames } from '../../aws/fault-names.ts';
import { faultBehind } from '../../aws/remote-error.ts';
import { RemoteError } from '../../errors.ts';
import type { JobRequest } from '../engine.ts';
import { asked, isClientException } from './asked.ts';
import type { BatchClients } from './clients.ts';
import { batchCommand } from './command.ts';
import { managedTags } from './managed-tags.ts';

/** The tags that tell clean-up whose a limit is; the round is none of them: all rounds of a run share its limits. */
const keptTags = ['muster:run', 'muster:grid'];

/** What every child takes of its limit, as long as it starts or runs. */
const place = 1;

/** The consumable resource that holds jobs to their `concurrent` (AB 2.12). */
export interface ConcurrencyLimit {
  readonly name: string;
  /** Slices at once. */
  readonly most: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** The limit of a job; `undefined` where it cannot pass its `concurrent` anyway, or has none. */
export function limitOf(
  request: Pick<JobRequest, 'name' | 'size' | 'resources' | 'concurrentWith' | 'tags'>,
): ConcurrencyLimit | undefined {
  const { concurrent } = request.resources;
  if (concurrent === undefined) return undefined;
  const { concurrentWith, name, size, tags } = request;
  if (concurrentWith === undefined && size <= concurrent) return undefined;
  const kept = Object.entries(tags).filter(([key]) => keptTags.includes(key));
  return {
    name: limitName(concurrentWith ?? name),
    most: concurrent,
    tags: { ...Object.fromEntries(kept), ...managedTags },
  };
}

/** Names are taken to follow the rule of job queues (AB 2.1; for consumable resources [MEM]). */
const limitName = (shared: string) => `muster-${shared}`;

/**
 * For SubmitJob, which knows of them by name. That they may be given here where the job definition has none is [MEM]:
 * the guide says that a submission overrides the list and its quantities (AB 2.12).
 */
export const limitOverride = (name: string): ConsumableResourceProperties => ({
  consumableResourceList: [{ consumableResource: name, quantity: place }],
});

export type LimitState =
  | { readonly ready: true }
  | { readonly ready: false; readonly reason: string; readonly fix: string };

/** Makes the limit, or sets it right where it is there already. A repeat after a lost answer finds what it made. */
export async function ensureLimit(
  { batch }: Pick<BatchClients, 'batch'>,
  region: string,
  limit: ConcurrencyLimit,
): Promise<LimitState> {
  try {
    return await makeRight(batch, region, limit);
  } catch (error) {
    if (error instanceof RemoteError && deniedNames.has(faultBehind(error).name)) return denied(error);
    throw error;
  }
}

async function makeRight(
  batch: BatchClients['batch'],
  region: string,
  { name, most, tags }: ConcurrencyLimit,
): Promise<LimitState> {
  const found = await createOrFind(batch, {
    consumableResourceName: name,
    totalQuantity: most,
    resourceType: 'REPLENISHABLE',
    tags: { ...tags },
  });
  if (found === undefined) return { ready: true };
  if (found.resourceType === 'NON_REPLENISHABLE') return spent(region, name);
  if (found.totalQuantity === most) return { ready: true };
  // SET is the same however often it is asked for.
  const change = { consumableResource: name, operation: 'SET', quantity: most };
  await asked('UpdateConsumableResource', batch.updateConsumableResource(change), name);
  return { ready: true };
}

type Creation = Parameters<BatchClients['batch']['createConsumableResource']>[0];

/** What was there already; `undefined` once it is made. */
async function createOrFind(
  batch: BatchClients['batch'],
  creation: Creation,
): Promise<DescribeConsumableResourceResponse | undefined> {
  const { consumableResourceName: name } = creation;
  const creating = asked('CreateConsumableResource', batch.createConsumableResource(creation), name);
  try {
    await creating;
    return undefined;
  } catch (error) {
    // Batch has no name of its own for what exists (AB 3): whether that is it, a look tells.
    if (!isClientException(error)) throw error;
    const looking = batch.describeConsumableResource({ consumableResource: name });
    return asked('DescribeConsumableResource', looking, name).catch((other: unknown) => {
      throw isClientException(other) ? error : other;
    });
  }
}

const denied = ({ message }: RemoteError): LimitState => ({
  ready: false,
  reason: message,
  fix: 'Allow it. Or cancel the run, and launch the grid without `concurrent`: AWS Batch holds slices to it by a consumable resource.',
});

/** Somebody else's: what slices take of it would never come back. */
const spent = (region: string, name: string): LimitState => ({
  ready: false,
  reason: `the consumable resource ${name}, which is to hold slices to \`concurrent\`, is there already and NON_REPLENISHABLE`,
  fix: `Delete it: ${batchCommand(region, 'delete-consumable-resource', `--consumable-resource ${name}`)}`,
});
