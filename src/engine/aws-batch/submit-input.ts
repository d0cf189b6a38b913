import type { ContainerOverrides, ResourceRequirement, SubmitJobRequest } from '@aws-sdk/client-batch';
import type { JobRequest, JobResources } from '../engine.ts';
import { limitOf, limitOverride } from './concurrency.ts';
import { batchLimits, shortestTimeout } from './limits.ts';
import { managedTags } from './managed-tags.ts';
import { retryStrategy } from './retry-rules.ts';

/** Jobs of all grids share a queue as equals. One name, so that a policy can weigh it (AB 2.12). */
export const shareIdentifier = 'muster';

/** How a job is to be submitted: what the request does not say. */
interface SubmitTerms {
  /** `name:revision`, never the name alone: that would be whatever is newest then (AB 2.6). */
  readonly definition: string;
  /** Whether the queue has a scheduling policy: jobs then need a share identifier, elsewhere they must have none. */
  readonly shared: boolean;
}

export function submitInput(request: JobRequest, { definition, shared }: SubmitTerms): SubmitJobRequest {
  const { name, queue, size, attempts, timeoutSeconds, tags } = request;
  const limit = limitOf(request);
  return {
    jobName: name,
    jobQueue: queue,
    jobDefinition: definition,
    // An array has at least two children (AB 2.1).
    ...(size >= batchLimits.arraySize.min && { arrayProperties: { size } }),
    ...(shared && { shareIdentifier }),
    ...(limit !== undefined && { consumableResourcePropertiesOverride: limitOverride(limit.name) }),
    containerOverrides: overridesOf(request),
    retryStrategy: retryStrategy(attempts),
    timeout: { attemptDurationSeconds: Math.max(shortestTimeout, Math.ceil(timeoutSeconds)) },
    tags: { ...tags, ...managedTags },
    // So that the bill of ECS tells whose task it was (AB 2.7).
    propagateTags: true,
  };
}

/** What differs between jobs of one definition; by name, so that equal requests are equal texts. */
export function overridesOf({ environment, resources }: JobRequest): ContainerOverrides {
  const variables = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    environment: variables.map(([name, value]) => ({ name, value })),
    resourceRequirements: requirements(resources),
  };
}

/** As texts; vCPUs are whole on EC2 (AB 2.6). */
export function requirements({
  vcpus,
  memoryMib,
  gpus,
}: Pick<JobResources, 'vcpus' | 'memoryMib' | 'gpus'>): ResourceRequirement[] {
  return [
    { type: 'VCPU', value: String(Math.max(1, Math.ceil(vcpus))) },
    { type: 'MEMORY', value: String(Math.max(4, Math.ceil(memoryMib))) },
    ...(gpus > 0 ? [{ type: 'GPU' as const, value: String(gpus) }] : []),
  ];
}
