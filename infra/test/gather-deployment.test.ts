import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { S3 } from '@aws-sdk/client-s3';
import { STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatherDeployment } from '../gather-deployment.ts';
import { parseSettings } from '../read-settings.ts';

/** What an account with a bucket, a provider and another VPC answers. */
const answers: Readonly<Record<string, readonly [number, string]>> = {
  GetCallerIdentity: [
    200,
    '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/jane</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>',
  ],
  GetRole: [
    404,
    '<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>none</Message></Error></ErrorResponse>',
  ],
  GetOpenIDConnectProvider: [
    200,
    '<GetOpenIDConnectProviderResponse><GetOpenIDConnectProviderResult/></GetOpenIDConnectProviderResponse>',
  ],
  DescribeInstanceTypeOfferings: [
    200,
    '<R><instanceTypeOfferingSet><item><instanceType>c7g.large</instanceType></item></instanceTypeOfferingSet></R>',
  ],
  DescribeVpcs: [
    200,
    '<R><vpcSet><item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock></item></vpcSet></R>',
  ],
  SimulatePrincipalPolicy: [
    200,
    '<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults><member><EvalActionName>iam:CreateRole</EvalActionName><EvalDecision>implicitDeny</EvalDecision></member><member><EvalActionName>s3:CreateBucket</EvalActionName><EvalDecision>allowed</EvalDecision></member></EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>',
  ],
};

describe('an account is asked', () => {
  const heads: string[] = [];
  let bucketStatus = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      if (request.method === 'HEAD') {
        heads.push(request.url ?? '');
        response.writeHead(bucketStatus).end();
        return;
      }
      const [status, xml] = answers[new URLSearchParams(body).get('Action') ?? ''] ?? [500, ''];
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    });
  });
  beforeAll(() => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)));
  afterAll(() => void server.close());

  function ask() {
    // Listening on TCP, it has an address.
    const { port } = server.address() as AddressInfo;
    const config = {
      ...{ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true, maxAttempts: 1 },
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    };
    const clients = { ec2: new EC2(config), iam: new IAM(config), s3: new S3(config), sts: new STS(config) };
    return gatherDeployment(clients, 'us-east-1', parseSettings(''));
  }

  test('for everything that a deployment would stumble over', async () => {
    expect(await ask()).toEqual({
      ...{
        region: 'us-east-1',
        deployed: { known: true, value: false },
        provider: { known: true, value: true },
      },
      offered: { known: true, value: new Set(['c7g']) },
      vpcs: { known: true, value: [{ id: 'vpc-1', cidr: '10.0.0.0/16' }] },
      bucket: { known: true, value: 'ours' },
      refused: { known: true, value: ['iam:CreateRole'] },
    });
    expect(heads).toEqual(['/muster-123456789012-us-east-1/']);
  });

  test.each([
    [404, 'free'],
    [403, 'of somebody else'],
  ])('whose the name of the bucket is: HTTP %s', async (status, state) => {
    bucketStatus = status;
    expect((await ask()).bucket).toEqual({ known: true, value: state });
  });
});
