import type { JobSummary, ListJobsRequest } from '@aws-sdk/client-batch';
import { allItems } from '../../aws/pages.ts';
import { asked } from './asked.ts';
import type { BatchClients } from './clients.ts';

/** Of all pages. */
export function listJobs(
  { batch }: Pick<BatchClients, 'batch'>,
  request: ListJobsRequest,
): Promise<readonly JobSummary[]> {
  return allItems(async (nextToken) => {
    const listing = batch.listJobs({ ...request, nextToken });
    const page = await asked('ListJobs', listing, request.jobQueue ?? request.arrayJobId);
    return { items: page.jobSummaryList, nextToken: page.nextToken };
  });
}
