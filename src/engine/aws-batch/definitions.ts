import type { JobDefinition, RegisterJobDefinitionRequest } from '@aws-sdk/client-batch';
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
  const equal: JobDefinition[] = [];
  let nextToken: string | undefined;
  do {
    const page = await asked(
      'DescribeJobDefinitions',
      batch.describeJobDefinitions({
        ...{ jobDefinitionName: name, status: 'ACTIVE', maxResults: 100 },
        ...(nextToken !== undefined && { nextToken }),
      }),
      name,
    );
    equal.push(...(page.jobDefinitions ?? []).filter((one) => isEqual(one, content)));
    nextToken = page.nextToken === '' ? undefined : page.nextToken;
  } while (nextToken !== undefined);
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
