import { EC2 } from '@aws-sdk/client-ec2';
import type { HttpRequest } from '@smithy/types';
import { expect, test } from 'vitest';
import { clientConfig, once } from '../../src/aws/settings.ts';
import { remembering } from '../../src/preflight/remember.ts';

/** EC2 that answers every question after a while, or refuses it. */
function account(status = 200) {
  const asked: string[] = [];
  const settings = {
    ...{ region: 'us-east-1', credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' } },
    requestHandler: {
      handle: async (request: HttpRequest) => {
        asked.push(String(request.body));
        await new Promise((resolve) => setTimeout(resolve, 5));
        const body =
          status === 200
            ? '<Response/>'
            : '<Response><Errors><Error><Code>No</Code></Error></Errors></Response>';
        return { response: { statusCode: status, headers: {}, body: Buffer.from(body) } };
      },
    },
  };
  return { asked, ec2: remembering(new EC2(clientConfig(settings, once))) };
}

const vpc = (id: string) => ({ Filters: [{ Name: 'vpc-id', Values: [id] }] });

test('the same question is sent once, also while its answer is on the way', async () => {
  const { asked, ec2 } = account();
  await Promise.all([ec2.describeSubnets(vpc('a')), ec2.describeSubnets(vpc('a'))]);
  await ec2.describeSubnets(vpc('a'));
  expect(asked).toHaveLength(1);
});

test('another input or another operation is another question', async () => {
  const { asked, ec2 } = account();
  await Promise.all([
    ec2.describeSubnets(vpc('a')),
    ec2.describeSubnets(vpc('b')),
    ec2.describeRouteTables(vpc('a')),
  ]);
  expect(asked).toHaveLength(3);
});

test('a refusal is remembered, too', async () => {
  const { asked, ec2 } = account(403);
  await expect(ec2.describeSubnets({})).rejects.toThrow();
  await expect(ec2.describeSubnets({})).rejects.toThrow();
  expect(asked).toHaveLength(1);
});

test('what changes something is always sent', async () => {
  const { asked, ec2 } = account();
  await ec2.createTags({ Resources: ['a'], Tags: [] });
  await ec2.createTags({ Resources: ['a'], Tags: [] });
  expect(asked).toHaveLength(2);
});
