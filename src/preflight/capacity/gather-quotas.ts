import { type Answer, answerOf } from '../../aws/answer.ts';
import { readFault } from '../../aws/fault.ts';
import type { PreflightClients } from '../clients.ts';
import { type QueueFacts, type QuotaFacts, quotaCodes, usableEnvironments } from './facts.ts';

/** Asks only for what the queues' environments buy. */
export async function gatherQuotas(
  { quotas }: Pick<PreflightClients, 'quotas'>,
  queues: readonly QueueFacts[],
): Promise<QuotaFacts> {
  const bought = new Set(queues.flatMap(usableEnvironments).map(({ buys }) => buys));
  const [onDemand, spot] = await Promise.all([
    bought.has('EC2') ? askQuota(quotas, quotaCodes.onDemand) : undefined,
    bought.has('SPOT') ? askQuota(quotas, quotaCodes.spot) : undefined,
  ]);
  return { ...(onDemand !== undefined && { onDemand }), ...(spot !== undefined && { spot }) };
}

/** The applied value, or where nobody has changed it, AWS's default (AB 5.5 [MEM]). */
async function askQuota(quotas: PreflightClients['quotas'], QuotaCode: string): Promise<Answer<number>> {
  const asked = { ServiceCode: 'ec2', QuotaCode };
  const action = 'servicequotas:GetServiceQuota';
  const quota = await answerOf(action, async () => {
    try {
      return (await quotas.getServiceQuota(asked)).Quota?.Value;
    } catch (error) {
      if (readFault(error).name !== 'NoSuchResourceException') throw error;
      return (await quotas.getAWSDefaultServiceQuota(asked)).Quota?.Value;
    }
  });
  if (!quota.known) return quota;
  if (quota.value !== undefined) return { known: true, value: quota.value };
  return { known: false, action, why: `the answer has no value of ${QuotaCode}` };
}
