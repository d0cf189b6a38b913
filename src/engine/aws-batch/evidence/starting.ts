import type { BatchClients } from '../clients.ts';
import type { Asking } from './ask.ts';
import type { TaskFacts } from './evidence.ts';

/** Slices looked at: what keeps one from starting keeps them all. */
const lookedAt = 5;

/** Since when slices of an array are starting, and how far they came: only ECS knows (three calls). */
export async function startingTasks(
  { batch, ecs }: Pick<BatchClients, 'batch' | 'ecs'>,
  { jobId, size }: { readonly jobId: string; readonly size: number },
  asking: Asking,
): Promise<readonly TaskFacts[] | undefined> {
  const ids = size === 1 ? [jobId] : await startingChildren(batch, jobId, asking);
  if (ids === undefined || ids.length === 0) return undefined;
  const answer = await asking.ask('batch:DescribeJobs', () => batch.describeJobs({ jobs: [...ids] }));
  const arns = (answer?.jobs ?? [])
    .map(({ container }) => container?.taskArn)
    .filter((arn) => arn !== undefined);
  const clusters = [...new Set(arns.map(clusterOf))];
  const found = await Promise.all(
    clusters.map((cluster) =>
      asking.ask('ecs:DescribeTasks', async () =>
        (await ecs()).describeTasks({ cluster, tasks: arns.filter((arn) => clusterOf(arn) === cluster) }),
      ),
    ),
  );
  const tasks = found.flatMap((one) => one?.tasks ?? []);
  return tasks.flatMap(({ createdAt, pullStartedAt, pullStoppedAt }) =>
    createdAt === undefined
      ? []
      : [
          {
            createdAt: createdAt.getTime(),
            ...(pullStartedAt !== undefined && { pullStartedAt: pullStartedAt.getTime() }),
            ...(pullStoppedAt !== undefined && { pullStoppedAt: pullStoppedAt.getTime() }),
          },
        ],
  );
}

async function startingChildren(batch: BatchClients['batch'], jobId: string, asking: Asking) {
  const answer = await asking.ask('batch:ListJobs', () =>
    batch.listJobs({ arrayJobId: jobId, jobStatus: 'STARTING', maxResults: lookedAt }),
  );
  return answer?.jobSummaryList?.map((one) => one.jobId ?? '').filter((id) => id !== '');
}

/** `arn:aws:ecs:<region>:<account>:task/<cluster>/<id>`. */
const clusterOf = (arn: string) => arn.split('/').at(-2) ?? '';
