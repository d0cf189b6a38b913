import type { Settings } from '../settings.ts';
import { arn, bucketArn, iamArn, type Things } from './statement.ts';

export type Architecture = Settings['compute']['architectures'][number];

/** What queues of an architecture buy, as grids say it. */
export const capacities = ['spot', 'spot-first', 'on-demand'] as const;
export type Capacity = (typeof capacities)[number];

export const queueName = (name: string, capacity: Capacity, architecture: Architecture) =>
  `${name}-${capacity}-${architecture}`;

export const bucketName = ({ name, storage }: Settings) =>
  storage.bucket ?? `${name}-\${AWS::AccountId}-\${AWS::Region}`;

/** Names are chosen, not asked for, so policies are plain text and depend on nothing. */
export function thingsOf(settings: Settings): Things {
  const { name, storage, compute, logs, images } = settings;
  const queues = compute.architectures.flatMap((architecture) =>
    capacities.map((capacity) => arn('batch', `job-queue/${queueName(name, capacity, architecture)}`)),
  );
  return {
    ...{ name, bucket: bucketName(settings), prefix: storage.prefix, queues },
    inputs: storage.inputs.map(bucketArn),
    logGroup: arn('logs', `log-group:${logs.group}`),
    imagePrefix: images.prefix,
    jobRoles: [iamArn(`role/${name}-job`), iamArn(`role/${name}-execution`)],
    instanceProfile: iamArn(`instance-profile/${name}-instance`),
  };
}
