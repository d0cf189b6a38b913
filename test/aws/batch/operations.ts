import type * as Batch from '@aws-sdk/client-batch';
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { Account } from './account.ts';
import { describeJobs, listJobsOf, stopMany, stopOne } from './ask-jobs.ts';
import { describeEnvironments, describeQueues, queueSnapshot } from './ask-queues.ts';
import { submitJob } from './submit.ts';

/** Everything that can be asked. The input is what the SDK's serialiser made of the type of exactly that operation. */
export function operations(account: Account): ReadonlyMap<string, (input: never) => object> {
  const { consumables, definitions, logs } = account;
  return new Map<string, (input: never) => object>([
    ['SubmitJob', (input: Batch.SubmitJobRequest) => submitJob(account, input)],
    ['DescribeJobs', (input: Batch.DescribeJobsRequest) => describeJobs(account, input)],
    ['ListJobs', (input: Batch.ListJobsRequest) => listJobsOf(account, input)],
    ['CancelJob', (input: Batch.CancelJobRequest) => stopOne(account, 'cancelled', input)],
    ['TerminateJob', (input: Batch.TerminateJobRequest) => stopOne(account, 'terminated', input)],
    ['CancelJobs', (input: Batch.CancelJobsRequest) => stopMany(account, 'cancelled', input)],
    ['TerminateJobs', (input: Batch.TerminateJobsRequest) => stopMany(account, 'terminated', input)],
    ['RegisterJobDefinition', (input: Batch.RegisterJobDefinitionRequest) => definitions.register(input)],
    [
      'DeregisterJobDefinition',
      (input: Batch.DeregisterJobDefinitionRequest) => definitions.deregister(input),
    ],
    ['DescribeJobDefinitions', (input: Batch.DescribeJobDefinitionsRequest) => definitions.describe(input)],
    ['DescribeJobQueues', (input: Batch.DescribeJobQueuesRequest) => describeQueues(account, input)],
    [
      'DescribeComputeEnvironments',
      (input: Batch.DescribeComputeEnvironmentsRequest) => describeEnvironments(account, input),
    ],
    ['GetJobQueueSnapshot', (input: Batch.GetJobQueueSnapshotRequest) => queueSnapshot(account, input)],
    ['CreateConsumableResource', (input: Batch.CreateConsumableResourceRequest) => consumables.create(input)],
    [
      'DescribeConsumableResource',
      (input: Batch.DescribeConsumableResourceRequest) => consumables.describe(input),
    ],
    ['UpdateConsumableResource', (input: Batch.UpdateConsumableResourceRequest) => consumables.update(input)],
    ['DeleteConsumableResource', (input: Batch.DeleteConsumableResourceRequest) => consumables.delete(input)],
    ['ListConsumableResources', (input: Batch.ListConsumableResourcesRequest) => consumables.list(input)],
    ['GetLogEvents', (input: Logs.GetLogEventsRequest) => logs.events(input)],
  ]);
}
