import type { JobSummary, ListJobsRequest } from '@aws-sdk/client-batch';
import { asked } from './asked.ts';
import type { BatchClients } from './clients.ts';

/** All pages: one may be short or empty although a token follows (AB 2.4 [MEM]). */
export async function listJobs(
  { batch }: Pick<BatchClients, 'batch'>,
  request: ListJobsRequest,
): Promise<readonly JobSummary[]> {
  const jobs: JobSummary[] = [];
  let nextToken: string | undefined;
  do {
    const input = { ...request, ...(nextToken !== undefined && { nextToken }) };
    const page = await asked('ListJobs', batch.listJobs(input), request.jobQueue ?? request.arrayJobId);
    jobs.push(...(page.jobSummaryList ?? []));
    nextToken = page.nextToken === '' ? undefined : page.nextToken;
  } while (nextToken !== undefined);
  return jobs;
}
