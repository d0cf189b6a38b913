import type { JobDefinition, RegisterJobDefinitionRequest } from '@aws-sdk/client-batch';
import { allItems } from '../../aws/pages.ts';
import { asked } from './asked.ts';
import type { BatchClients } from './clients.ts';
import { contentTag } from './definition-content.ts';

/**
 * The ARN of the revision with this content: an ACTIVE one where there is one, else a new one. Two processes that
 * register at once make two equal revisions, which does no harm; the newest is found from then on.
 */
export async function ensureDefinition(
  { batch }: Pick<BatchClients, 'batch'>,
  content: RegisterJobDefinitionRequest,
): Promise<string> {
  const name = content.jobDefinitionName;
  const active = await allItems(async (nextToken) => {
    const wanted = { jobDefinitionName: name, status: 'ACTIVE', maxResults: 100 };
    const describing = batch.describeJobDefinitions({ ...wanted, nextToken });
    const page = await asked('DescribeJobDefinitions', describing, name);
    return { items: page.jobDefinitions, nextToken: page.nextToken };
  });
  const equal = active.filter((one) => isEqual(one, content));
  const newest = equal.sort((a, b) => (b.revision ?? 0) - (a.revision ?? 0))[0]?.jobDefinitionArn;
  if (newest !== undefined) return newest;
  const { jobDefinitionArn } = await asked(
    'RegisterJobDefinition',
    batch.registerJobDefinition(content),
    name,
  );
  if (jobDefinitionArn === undefined) throw new Error(`registering ${name} was answered without an ARN`);
  return jobDefinitionArn;
}

/** By the tag that we give; the image, too, because tags can be edited by hand. */
function isEqual(one: JobDefinition, content: RegisterJobDefinitionRequest): boolean {
  return (
    one.tags?.[contentTag] === content.tags?.[contentTag] &&
    one.containerProperties?.image === content.containerProperties?.image
  );
}
