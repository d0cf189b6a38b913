import type { ComputeEnvironmentDetail } from '@aws-sdk/client-batch';
import { type Answer, answerOf } from '../../aws/answer.ts';
import { allItems } from '../../aws/pages.ts';
import { environmentFacts, queueFacts } from '../../engine/aws-batch/evidence/batch-facts.ts';
import type { PreflightClients } from '../clients.ts';
import type { WantedQueue } from '../wanted.ts';
import type { EnvironmentFacts, FoundQueue, QueueFacts, TemplateFacts } from './facts.ts';
import { gatherTemplates, specsOf, type TemplateSpec } from './gather-templates.ts';

/**
 * Queues, their compute environments and the launch templates of these: one call each for all queues and environments
 * (there are 50 in a region at most, AB 2.1), one for each template.
 */
export async function gatherQueues(
  { batch, ec2 }: Pick<PreflightClients, 'batch' | 'ec2'>,
  wanted: readonly WantedQueue[],
): Promise<readonly QueueFacts[]> {
  if (wanted.length === 0) return [];
  const found = await askQueues(batch, [...new Set(wanted.map(({ arn }) => arn))]);
  if (!found.known) return wanted.map((one) => ({ wanted: one, queue: found, environments: found }));
  const queues = wanted.map((one) => ({ wanted: one, found: found.value.get(one.arn) }));
  const names = new Set(queues.flatMap((one) => one.found?.environments ?? []));
  const details = await askEnvironments(batch, [...names]);
  const specs = details.known ? details.value.flatMap(specsOf) : [];
  const templates = await gatherTemplates(ec2, specs);
  return queues.map(({ wanted: one, found: queue }) => ({
    ...{ wanted: one, queue: { known: true, value: queue } },
    environments: details.known
      ? { known: true, value: inOrder(queue?.environments ?? [], details.value, templates) }
      : details,
  }));
}

/** Unknown names are silently missing from the answer (AB 4.1 [MEM]). */
function askQueues(
  batch: PreflightClients['batch'],
  jobQueues: string[],
): Promise<Answer<ReadonlyMap<string, FoundQueue>>> {
  return answerOf('batch:DescribeJobQueues', async () => {
    const queues = await allItems(async (nextToken) => {
      const page = await batch.describeJobQueues({ jobQueues, nextToken });
      return { items: page.jobQueues, nextToken: page.nextToken };
    });
    return new Map(
      queues.map((one) => [
        one.jobQueueArn ?? '',
        { ...queueFacts(one), ...(one.jobQueueType !== undefined && { kind: one.jobQueueType }) },
      ]),
    );
  });
}

async function askEnvironments(
  batch: PreflightClients['batch'],
  computeEnvironments: string[],
): Promise<Answer<readonly ComputeEnvironmentDetail[]>> {
  // Asked for none, Batch tells of all.
  if (computeEnvironments.length === 0) return { known: true, value: [] };
  return answerOf('batch:DescribeComputeEnvironments', () =>
    allItems(async (nextToken) => {
      const page = await batch.describeComputeEnvironments({ computeEnvironments, nextToken });
      return { items: page.computeEnvironments, nextToken: page.nextToken };
    }),
  );
}

function inOrder(
  names: readonly string[],
  details: readonly ComputeEnvironmentDetail[],
  templates: ReadonlyMap<string, TemplateFacts>,
): readonly EnvironmentFacts[] {
  return names.flatMap((name) => {
    const detail = details.find(
      (one) => one.computeEnvironmentArn === name || one.computeEnvironmentName === name,
    );
    return detail === undefined ? [] : [facts(detail, specsOf(detail), templates)];
  });
}

function facts(
  detail: ComputeEnvironmentDetail,
  specs: readonly TemplateSpec[],
  templates: ReadonlyMap<string, TemplateFacts>,
): EnvironmentFacts {
  const { computeResources: resources, containerOrchestrationType: orchestration } = detail;
  const { cluster: _, ...known } = environmentFacts(detail);
  const images = [
    resources?.imageId,
    ...(resources?.ec2Configuration ?? []).map((one) => one.imageIdOverride),
  ];
  return {
    ...known,
    managed: detail.type !== 'UNMANAGED',
    buys: resources?.type ?? '',
    ...(orchestration !== undefined && { orchestration }),
    strategy: resources?.allocationStrategy ?? 'BEST_FIT',
    minVcpus: resources?.minvCpus ?? 0,
    securityGroups: resources?.securityGroupIds ?? [],
    ...(resources?.instanceRole !== undefined && { instanceRole: resources.instanceRole }),
    ...(resources?.spotIamFleetRole !== undefined && { spotFleetRole: resources.spotIamFleetRole }),
    ownImage: images.some((one) => one !== undefined && one !== ''),
    templates: specs.flatMap((spec) => templates.get(spec.name) ?? []),
  };
}
