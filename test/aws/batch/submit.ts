import type { SubmitJobRequest, SubmitJobResponse } from '@aws-sdk/client-batch';
import type { Account } from './account.ts';
import { checkSubmission } from './check-submission.ts';
import { Job } from './job.ts';
import { begin } from './life.ts';
import { uuid } from './random.ts';
import { arn, draw } from './world.ts';

/** AB 2.11: no token, no unique names: every call makes a job. */
export function submitJob(account: Account, request: SubmitJobRequest): SubmitJobResponse {
  const { world, jobs } = account;
  const queue = account.existingQueue(request.jobQueue);
  checkSubmission(request, queue);
  const definition = account.definitions.forSubmission(request.jobDefinition ?? '');
  const needs = account.consumables.needs(
    request.consumableResourcePropertiesOverride ?? definition.request.consumableResourceProperties,
  );
  const now = world.timeline.now();
  const id = uuid(world.random);
  const job = new Job({
    id,
    queue,
    definition,
    request,
    needs,
    createdAt: now,
    listedAt: now + draw(world, world.lags.listing),
  });
  jobs.set(id, job);
  queue.accept(job);
  for (const { consumable } of needs) consumable.users.add(job);
  begin(world, job);
  return { jobArn: arn(world, `job/${id}`), jobName: request.jobName, jobId: id };
}
