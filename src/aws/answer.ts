import { RemoteError } from '../errors.ts';
import { readFault } from './fault.ts';
import { awsError } from './remote-error.ts';

/** What a call told; or that it told nothing, and why: a refused call must not take the others with it. */
export type Answer<Value> = Known<Value> | Unknown;

export interface Known<Value> {
  readonly known: true;
  readonly value: Value;
}

export interface Unknown {
  readonly known: false;
  /** By its IAM action: `ec2:DescribeSubnets`. */
  readonly action: string;
  /** In words, with what to do. */
  readonly why: string;
}

/** As the SDK calls the services whose actions begin so. */
const services: Readonly<Record<string, string>> = {
  ...{ autoscaling: 'AutoScaling', batch: 'Batch', ec2: 'EC2', ecr: 'ECR', ecs: 'ECS', iam: 'IAM' },
  ...{ logs: 'CloudWatchLogs', s3: 'S3', servicequotas: 'ServiceQuotas', sts: 'STS' },
};

/** Mistakes of ours are thrown, not answered. */
export async function answerOf<Value>(action: string, call: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { known: true, value: await call() };
  } catch (error) {
    if (!(error instanceof RemoteError) && !readFault(error).remote) throw error;
    const [prefix = '', operation = ''] = action.split(':');
    return { known: false, action, why: awsError(services[prefix] ?? prefix, operation, error).message };
  }
}
