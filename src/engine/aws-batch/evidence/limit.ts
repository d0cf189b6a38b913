import type { JobDetail } from '@aws-sdk/client-batch';
import type { BatchClients } from '../clients.ts';
import type { Asking } from './ask.ts';
import { type LimitFacts, limitAction } from './evidence.ts';

/** The consumable resource that the slices wait for (AB 2.12); the first that is short where there are several. */
export async function askLimit(
  batch: BatchClients['batch'],
  details: readonly JobDetail[],
  asking: Asking,
): Promise<LimitFacts | undefined> {
  const needed = details.flatMap(
    ({ consumableResourceProperties: properties }) => properties?.consumableResourceList ?? [],
  );
  const names = new Set(needed.map(({ consumableResource = '' }) => consumableResource));
  for (const name of names) {
    const answer = await asking.ask(limitAction, () =>
      batch.describeConsumableResource({ consumableResource: name }),
    );
    const { totalQuantity: total = 0, inUseQuantity: used = 0 } = answer ?? {};
    const each = Math.max(...needed.filter((one) => one.consumableResource === name).map(quantityOf));
    if (answer !== undefined && used + each > total) {
      return { name: answer.consumableResourceName ?? name, each, total, used };
    }
  }
  return undefined;
}

const quantityOf = ({ quantity = 1 }: { readonly quantity?: number | undefined }) => quantity;
