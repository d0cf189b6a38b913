import { expect, test } from 'vitest';
import { answerOf } from '../../src/aws/answer.ts';
import { RemoteError } from '../../src/errors.ts';

const failing = (error: unknown) => answerOf('ec2:DescribeSubnets', async () => Promise.reject(error));

test('a call that is refused is an answer, with what to do', async () => {
  const refused = Object.assign(new Error('not authorized'), {
    name: 'UnauthorizedOperation',
    $fault: 'client',
    $metadata: { httpStatusCode: 403 },
  });
  const answer = await failing(refused);
  expect(answer).toMatchObject({ known: false, action: 'ec2:DescribeSubnets' });
  expect(answer.known ? '' : answer.why).toContain('ec2:DescribeSubnets');
});

test('what we have put into words already stays as it is', async () => {
  const endless = new RemoteError({ service: 'EC2', operation: 'DescribeSubnets' }, 'the pages never end');
  expect(await failing(endless)).toEqual({
    known: false,
    action: 'ec2:DescribeSubnets',
    why: 'the pages never end',
  });
});

test('a mistake of ours is none', async () => {
  await expect(failing(new TypeError('x is not a function'))).rejects.toThrow(TypeError);
});
