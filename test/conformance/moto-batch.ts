import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  DescribeJobQueuesCommand,
} from '@aws-sdk/client-batch';
import { clientConfig, once } from '../../src/aws/settings.ts';
import { moto } from './moto.ts';

/** Every file has a region of its own: moto fails where one request reads the jobs that another adds to. */
export function batchOf(region: string): BatchClient {
  return new BatchClient(clientConfig({ ...moto, region }, once));
}

/** A queue of moto where jobs succeed at once, without containers; its ARN. */
export async function newQueue(client: BatchClient, name: string): Promise<string> {
  await withoutDocker();
  const serviceRole = await role(name);
  const environment = await client.send(
    new CreateComputeEnvironmentCommand({
      ...{ computeEnvironmentName: name, type: 'UNMANAGED', state: 'ENABLED', serviceRole },
    }),
  );
  await client.send(
    new CreateJobQueueCommand({
      ...{ jobQueueName: name, state: 'ENABLED', priority: 1 },
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: environment.computeEnvironmentArn }],
    }),
  );
  const { jobQueues = [] } = await client.send(new DescribeJobQueuesCommand({ jobQueues: [name] }));
  return jobQueues[0]?.jobQueueArn ?? '';
}

async function withoutDocker(): Promise<void> {
  const body = JSON.stringify({ batch: { use_docker: false } });
  await fetch(`${moto.endpoint}/moto-api/config`, { method: 'POST', body });
}

/** By hand: of all services, only this needs IAM. moto reads the service from the signature and checks none. */
async function role(name: string): Promise<string> {
  const answer = await fetch(moto.endpoint ?? '', {
    method: 'POST',
    headers: {
      authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/iam/aws4_request',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ Action: 'CreateRole', RoleName: name, AssumeRolePolicyDocument: '{}' }),
  });
  const arn = /<Arn>(.+)<\/Arn>/.exec(await answer.text())?.[1];
  if (arn === undefined) throw new Error(`moto made no role ${name}`);
  return arn;
}
