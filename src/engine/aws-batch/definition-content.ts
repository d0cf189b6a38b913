import { createHash } from 'node:crypto';
import type { RegisterJobDefinitionRequest } from '@aws-sdk/client-batch';
import type { JobRequest } from '../engine.ts';
import { longestName } from './limits.ts';
import { managedTags } from './managed-tags.ts';
import { retryStrategy } from './retry-rules.ts';
import type { BatchSettings } from './settings.ts';
import { requirements } from './submit-input.ts';

/** The tag that tells which content a revision has: registering the same twice makes two revisions (AB 2.11). */
export const contentTag = 'muster:content';

/** On hosts of queues with scratch, and in the container: where the worker looks for room. */
const scratchFolder = '/scratch';

/** What to register for this image, with these roles, mounts and limits; equal content has equal tags. */
export function definitionContent(
  settings: Pick<BatchSettings, 'region' | 'queues' | 'logGroup' | 'roles' | 'environment'>,
  request: Pick<JobRequest, 'image' | 'queue' | 'resources'>,
): RegisterJobDefinitionRequest {
  const { image, resources } = request;
  const { job, execution } = settings.roles;
  const content: RegisterJobDefinitionRequest = {
    jobDefinitionName: definitionName(image.name, resources.architecture),
    type: 'container',
    platformCapabilities: ['EC2'],
    containerProperties: {
      image: image.reference,
      ...(job !== undefined && { jobRoleArn: job }),
      ...(execution !== undefined && { executionRoleArn: execution }),
      // Only this form can be overridden in the same form (AB 2.6); the numbers always are.
      resourceRequirements: requirements({ vcpus: 1, memoryMib: 128, gpus: 0 }),
      environment: sorted(settings.environment).map(([name, value]) => ({ name, value })),
      ulimits: sorted(resources.ulimits).map(([name, limit]) => ({
        ...{ name, softLimit: limit, hardLimit: limit },
      })),
      ...scratchMount(settings, request.queue),
      // As on one machine: passes signals on and reaps what programs leave behind.
      linuxParameters: { initProcessEnabled: true },
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': settings.logGroup, 'awslogs-region': settings.region },
      },
    },
    // For jobs that somebody submits by hand: submissions of ours bring their own (AB 2.8, 2.9).
    timeout: { attemptDurationSeconds: 3_600 },
    retryStrategy: retryStrategy(1),
    propagateTags: true,
  };
  return { ...content, tags: { ...managedTags, [contentTag]: digest(content) } };
}

function scratchMount({ queues }: Pick<BatchSettings, 'queues'>, queue: string) {
  const known = queues.find(({ arn, name }) => arn === queue || name === queue);
  if (known?.scratch === undefined) return {};
  return {
    volumes: [{ name: 'scratch', host: { sourcePath: scratchFolder } }],
    mountPoints: [{ sourceVolume: 'scratch', containerPath: scratchFolder, readOnly: false }],
  };
}

/** `muster-<image>-<architecture>`; of a reference its last part, without tag and digest. */
function definitionName(image: string, architecture: string): string {
  const [reference = ''] = image.split('@');
  const [last = ''] = (reference.split('/').at(-1) ?? '').split(':');
  const safe = last.replaceAll(/[^A-Za-z0-9_-]+/g, '-');
  const room = longestName - 'muster--'.length - architecture.length;
  return `muster-${safe.slice(0, room)}-${architecture}`;
}

const sorted = <Value>(record: Readonly<Record<string, Value>>) =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));

/** The content is built in one order, so its text is the same for the same content. */
const digest = (content: RegisterJobDefinitionRequest) =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex');
