import { type Answer, answerOf } from '../../aws/answer.ts';
import { pages } from '../../aws/pages.ts';
import type { PreflightClients } from '../clients.ts';

export type LogGroup =
  | { readonly state: 'missing' }
  /** `retentionDays`: absent where logs are kept for ever. */
  | { readonly state: 'there'; readonly retentionDays?: number };

/** By its name as a prefix: in the order of names it is the first that begins so, if it is there. */
export function askLogGroup(logs: PreflightClients['logs'], name: string): Promise<Answer<LogGroup>> {
  return answerOf('logs:DescribeLogGroups', async (): Promise<LogGroup> => {
    const groups = pages(async (nextToken) => {
      const page = await logs.describeLogGroups({ logGroupNamePrefix: name, nextToken });
      return { items: page.logGroups, nextToken: page.nextToken };
    });
    for await (const { items = [] } of groups) {
      const found = items.find(({ logGroupName }) => logGroupName === name);
      if (found === undefined) continue;
      const { retentionInDays: retentionDays } = found;
      return { state: 'there', ...(retentionDays !== undefined && { retentionDays }) };
    }
    return { state: 'missing' };
  });
}
