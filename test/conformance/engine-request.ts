import { definitionContent } from '../../src/engine/aws-batch/definition-content.ts';
import type { BatchSettings } from '../../src/engine/aws-batch/settings.ts';
import type { JobRequest } from '../../src/engine/engine.ts';
import { moto } from './moto.ts';

/** For a queue by its ARN, in its region. */
export function engineSettings(queue: string): BatchSettings {
  const [, , , region = ''] = queue.split(':');
  return {
    aws: { ...moto, region },
    region,
    queues: [{ name: 'queue', arn: queue, scratch: '100 GiB' }],
    logGroup: '/muster',
    roles: { job: 'arn:aws:iam::123456789012:role/worker' },
    environment: { AWS_REGION: region },
  };
}

/** What the engine registers for the request below. */
export function definitionOf(queue: string) {
  return definitionContent(engineSettings(queue), jobRequest(queue));
}

/** With all that a request can carry. */
export function jobRequest(queue: string, wanted: { name?: string; size?: number } = {}): JobRequest {
  return {
    name: wanted.name ?? 'job',
    queue,
    size: wanted.size ?? 2,
    image: {
      // Of its own, because files run at the same time and all that moto has is shared.
      ...{ name: queue.split('/').at(-1) ?? '', identity: 'a'.repeat(64) },
      reference: `registry.example/demo@sha256:${'b'.repeat(64)}`,
    },
    resources: {
      ...{ vcpus: 2, memoryMib: 1_000, gpus: 0, architecture: 'amd64', capacity: 'spot' },
      ulimits: { nofile: 1_024 },
    },
    attempts: 3,
    timeoutSeconds: 600,
    environment: { MUSTER_RUN: 'run-1' },
    tags: { 'muster:run': 'run-1' },
  };
}
