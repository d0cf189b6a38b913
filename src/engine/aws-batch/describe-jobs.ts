import type { JobDetail } from '@aws-sdk/client-batch';
import { allInParallel } from '../../in-parallel.ts';
import { asked } from './asked.ts';
import type { BatchClients } from './clients.ts';
import { describedAtOnce } from './limits.ts';

/** Calls under way at once: Batch takes 50 a second from the whole account (AB 3), and others use it, too. */
const atOnce = 4;

/** What Batch knows of these jobs or children, by id; the unknown and the forgotten are absent (AB 2.3). */
export async function describeJobs(
  { batch }: Pick<BatchClients, 'batch'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, JobDetail>> {
  const answers = await allInParallel(chunks([...new Set(ids)]), atOnce, (jobs) =>
    asked('DescribeJobs', batch.describeJobs({ jobs })),
  );
  const jobs = answers.flatMap((answer) => answer.jobs ?? []);
  return new Map(jobs.flatMap((job) => (job.jobId === undefined ? [] : [[job.jobId, job]])));
}

function chunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / describedAtOnce) }, (_, chunk) =>
    ids.slice(chunk * describedAtOnce, (chunk + 1) * describedAtOnce),
  );
}
