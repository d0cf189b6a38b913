import type { SubmitJobRequest } from '@aws-sdk/client-batch';
import { checkEnvironment, checkName, checkRetry, checkTags, checkTimeout } from './check-pattern.ts';
import type { Queue } from './queue.ts';
import { clientException } from './refusal.ts';

/** What SubmitJob refuses at once (AB 2.1). Overrides that are too long are not among it (AB 2.6). */
export function checkSubmission(request: SubmitJobRequest, queue: Queue): void {
  if (JSON.stringify(request).length > 30 * 1024)
    throw clientException('The payload of SubmitJob must be at most 30 KiB');
  checkName('Job name', request.jobName);
  checkQueue(request, queue);
  checkArray(request);
  const { containerOverrides, dependsOn } = request;
  if (dependsOn !== undefined && dependsOn.length > 0)
    throw clientException('The reference Batch has no dependencies');
  if (containerOverrides?.command?.includes(''))
    throw clientException('containerOverrides.command must not contain an empty string');
  checkResources(request);
  checkEnvironment(containerOverrides?.environment);
  checkRetry(request.retryStrategy);
  checkTimeout(request.timeout);
  checkTags(request.tags);
}

/** AB 4.1, 2.12. */
function checkQueue({ shareIdentifier }: SubmitJobRequest, { name, detail }: Queue): void {
  if (detail.state !== 'ENABLED') throw clientException(`Job Queue ${name} is not in ENABLED state`);
  if (detail.status !== 'VALID') throw clientException(`Job Queue ${name} is not in VALID status`);
  const fairShare = detail.schedulingPolicyArn !== undefined;
  if (fairShare && shareIdentifier === undefined)
    throw clientException(`shareIdentifier must be given: ${name} has a scheduling policy`);
  if (!fairShare && shareIdentifier !== undefined)
    throw clientException(`shareIdentifier must not be given: ${name} has no scheduling policy`);
  if (shareIdentifier !== undefined && !/^[A-Za-z0-9]{1,255}\*?$/.test(shareIdentifier))
    throw clientException('shareIdentifier takes letters and digits, and a trailing asterisk');
}

/** AB 1.6: one is not a size. */
function checkArray({ arrayProperties }: SubmitJobRequest): void {
  const size = arrayProperties?.size;
  if (arrayProperties === undefined) return;
  if (size === undefined || !Number.isInteger(size) || size < 2 || size > 10_000)
    throw clientException(`Array Job Size ${size} must be between 2 and 10000`);
}

/** AB 2.6: text, whole vCPUs, at least 4 MiB. */
function checkResources({ containerOverrides }: SubmitJobRequest): void {
  for (const { type, value = '' } of containerOverrides?.resourceRequirements ?? []) {
    const least = type === 'MEMORY' ? 4 : 1;
    if (typeof value !== 'string' || !/^\d+$/.test(value) || Number(value) < least)
      throw clientException(`${type} must be a whole number of at least ${least}, as text`);
  }
}
