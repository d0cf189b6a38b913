import type { Batch } from '@aws-sdk/client-batch';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { ECR } from '@aws-sdk/client-ecr';
import type { IAM } from '@aws-sdk/client-iam';
import type { S3 } from '@aws-sdk/client-s3';
import type { ServiceQuotas } from '@aws-sdk/client-service-quotas';
import type { STS } from '@aws-sdk/client-sts';
import { type AwsSettings, clientConfig, type Persistence, persistent, watched } from '../aws/settings.ts';

/** What preflight asks; it changes nothing in any of them. */
export interface PreflightClients {
  readonly batch: Batch;
  readonly ec2: EC2;
  readonly ecr: ECR;
  readonly iam: IAM;
  readonly logs: CloudWatchLogs;
  readonly quotas: ServiceQuotas;
  readonly s3: S3;
  readonly sts: STS;
}

/** For what only warns: it need not be had at any price of waiting. */
const brief: Persistence = { ...persistent, attempts: 3 };

/** Somebody waits for the whole of it, and a check that is not done is no harm: trouble that lasts is given up in seconds. */
export const impatient: Persistence = { attempts: 4, timeouts: { silence: 10_000 } };

/** Loads the SDK of all of them at once: all checks always run. */
export async function openPreflightClients(settings: AwsSettings): Promise<PreflightClients> {
  const config = clientConfig(settings, impatient);
  const [batch, logs, ec2, ecr, iam, s3, quotas, sts] = await Promise.all([
    import('@aws-sdk/client-batch'),
    import('@aws-sdk/client-cloudwatch-logs'),
    import('@aws-sdk/client-ec2'),
    import('@aws-sdk/client-ecr'),
    import('@aws-sdk/client-iam'),
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/client-service-quotas'),
    import('@aws-sdk/client-sts'),
  ]);
  return {
    batch: watched(new batch.Batch(config), settings),
    ec2: watched(new ec2.EC2(config), settings),
    ecr: watched(new ecr.ECR(config), settings),
    iam: watched(new iam.IAM(config), settings),
    logs: watched(new logs.CloudWatchLogs(config), settings),
    quotas: watched(new quotas.ServiceQuotas(clientConfig(settings, brief)), settings),
    s3: watched(new s3.S3({ ...config, forcePathStyle: true }), settings),
    sts: watched(new sts.STS(config), settings),
  };
}
