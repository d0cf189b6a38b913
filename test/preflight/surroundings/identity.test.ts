import { STS } from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { clientConfig, once } from '../../../src/aws/settings.ts';
import { gatherIdentity } from '../../../src/preflight/surroundings/identity.ts';
import { type Reply, service, settings } from './wire.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const caller = `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ada</Arn><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

function ask(reply: Reply, region: string | undefined = 'us-east-1') {
  const requestHandler = service(() => reply);
  const sts = new STS(clientConfig({ ...settings, requestHandler }, once));
  return gatherIdentity({ sts }, region, () => now);
}

describe('asking who asks', () => {
  test('tells account and ARN', async () => {
    expect((await ask({ body: caller })).caller).toEqual({
      known: true,
      value: { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/ada' },
    });
  });

  test.each([
    ['Fri, 20 Nov 2026 11:58:00 GMT', 120],
    ['Fri, 20 Nov 2026 12:10:00 GMT', -600],
  ])('reads the clock of the service: %s', async (date, ahead) => {
    expect((await ask({ body: caller, headers: { date } })).aheadSeconds).toBe(ahead);
  });

  test('reads the clock of a refusal, too', async () => {
    const told = await ask({
      status: 403,
      body: '<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>',
      headers: { date: 'Fri, 20 Nov 2026 11:00:00 GMT' },
    });
    expect(told).toMatchObject({ aheadSeconds: 3600, caller: { known: false } });
  });

  test('knows no clock where the answer has no date', async () => {
    expect(await ask({ body: caller })).not.toHaveProperty('aheadSeconds');
  });

  test('asks nothing without a region', async () => {
    const requestHandler = service(() => {
      throw new Error('asked');
    });
    const sts = new STS(clientConfig({ ...settings, requestHandler }, once));
    expect(await gatherIdentity({ sts }, undefined)).toMatchObject({ caller: { known: false } });
  });

  test('is not carried out when the service is throttled', async () => {
    const body = '<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>';
    const { caller } = await ask({ status: 400, body });
    expect(caller).toMatchObject({ known: false, action: 'sts:GetCallerIdentity' });
  });
});
