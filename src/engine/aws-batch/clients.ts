import type { AutoScaling } from '@aws-sdk/client-auto-scaling';
import type { Batch } from '@aws-sdk/client-batch';
import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { ECS } from '@aws-sdk/client-ecs';
import { type AwsSettings, clientConfig, once, persistent, watched } from '../../aws/settings.ts';
import type { BatchSettings } from './settings.ts';

/** One client per service, so that all calls slow down together when AWS says so (AB 3). */
export interface BatchClients {
  /** Repeats what fails for a moment. */
  readonly batch: Batch;
  /** Never repeats: for SubmitJob, which has no token against doubles (AB 2.11). */
  readonly submit: Batch;
  readonly logs: () => Promise<CloudWatchLogs>;
  readonly ecs: () => Promise<ECS>;
  readonly autoScaling: () => Promise<AutoScaling>;
  readonly ec2: () => Promise<EC2>;
  readonly cloudWatch: () => Promise<CloudWatch>;
}

/** Loads the SDK for Batch; the other services when first asked for. */
export async function openClients({
  aws,
  region,
}: Pick<BatchSettings, 'aws' | 'region'>): Promise<BatchClients> {
  const settings: AwsSettings = { ...aws, region };
  const config = clientConfig(settings, persistent);
  const { Batch } = await import('@aws-sdk/client-batch');
  return {
    batch: watched(new Batch(config), settings),
    submit: watched(new Batch(clientConfig(settings, once)), settings),
    logs: opened(async () => {
      const { CloudWatchLogs } = await import('@aws-sdk/client-cloudwatch-logs');
      return watched(new CloudWatchLogs(config), settings);
    }),
    ecs: opened(async () => {
      const { ECS } = await import('@aws-sdk/client-ecs');
      return watched(new ECS(config), settings);
    }),
    autoScaling: opened(async () => {
      const { AutoScaling } = await import('@aws-sdk/client-auto-scaling');
      return watched(new AutoScaling(config), settings);
    }),
    ec2: opened(async () => {
      const { EC2 } = await import('@aws-sdk/client-ec2');
      return watched(new EC2(config), settings);
    }),
    cloudWatch: opened(async () => {
      const { CloudWatch } = await import('@aws-sdk/client-cloudwatch');
      return watched(new CloudWatch(config), settings);
    }),
  };
}

/** Opened at the first call, once. */
function opened<Client>(open: () => Promise<Client>): () => Promise<Client> {
  let client: Promise<Client> | undefined;
  return () => {
    client ??= open();
    return client;
  };
}
