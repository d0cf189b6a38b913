import type { SubmitJobRequest } from '@aws-sdk/client-batch';
import { describe, expect, test } from 'vitest';
import { Scene } from './scene.ts';

const refused = { name: 'ClientException', $metadata: { httpStatusCode: 400 } };

/** Refused, and nothing was made. */
async function expectRefused(request: Partial<SubmitJobRequest>): Promise<void> {
  const at = new Scene();
  await expect(at.submit(request)).rejects.toMatchObject(refused);
  expect(at.batch.jobIds).toEqual([]);
}

async function expectAccepted(request: Partial<SubmitJobRequest>): Promise<void> {
  expect(await new Scene().submit(request)).toMatch(/^[0-9a-f-]{36}$/);
}

describe('SubmitJob', () => {
  test('takes arrays of 2 to 10,000 only (AB 2.1)', async () => {
    for (const size of [0, 1, 10_001, 2.5]) await expectRefused({ arrayProperties: { size } });
    for (const size of [2, 10_000]) await expectAccepted({ arrayProperties: { size } });
  });

  test('takes names of up to 128 letters, digits, hyphens and underscores (AB 2.1)', async () => {
    for (const jobName of ['', '-a', '_a', 'a b', 'a.b', 'a'.repeat(129)]) await expectRefused({ jobName });
    for (const jobName of ['0', 'a-b_C', 'a'.repeat(128)]) await expectAccepted({ jobName });
  });

  test('takes a queue by name or ARN, and only one that exists', async () => {
    await expectRefused({ jobQueue: 'other' });
    await expectAccepted({ jobQueue: 'arn:aws:batch:us-east-1:123456789012:job-queue/queue' });
  });

  test('refuses a queue that is not enabled and valid (AB 4.1)', async () => {
    for (const detail of [{ state: 'DISABLED' as const }, { status: 'INVALID' as const }]) {
      const at = new Scene();
      at.batch.setQueue('queue', detail);
      await expect(at.submit()).rejects.toMatchObject(refused);
    }
  });

  test('refuses a definition that does not exist', async () => {
    for (const jobDefinition of ['other', 'other:1', 'demo:2']) await expectRefused({ jobDefinition });
  });

  test('refuses a definition that was deregistered (AB 2.6)', async () => {
    const at = new Scene();
    at.batch.call('DeregisterJobDefinition', { jobDefinition: 'demo:1' });
    await expect(at.submit({ jobDefinition: 'demo:1' })).rejects.toMatchObject(refused);
    await expect(at.submit({ jobDefinition: 'demo' })).rejects.toMatchObject(refused);
  });

  test('takes a bare name for the latest active revision (AB 2.6)', async () => {
    const at = new Scene();
    await at.register();
    await at.register();
    at.batch.call('DeregisterJobDefinition', { jobDefinition: 'demo:3' });
    const { jobDefinition } = await at.the(await at.submit({ jobDefinition: 'demo' }));
    expect(jobDefinition).toBe('arn:aws:batch:us-east-1:123456789012:job-definition/demo:2');
  });

  test('wants a share identifier where the queue has a policy, and refuses it elsewhere (AB 2.12)', async () => {
    await expectRefused({ jobQueue: 'fair' });
    await expectAccepted({ jobQueue: 'fair', shareIdentifier: 'muster' });
    await expectRefused({ shareIdentifier: 'muster' });
    await expectRefused({ jobQueue: 'fair', shareIdentifier: 'not-alphanumeric' });
  });

  test('refuses variables that start with AWS_BATCH (AB 2.2)', async () => {
    const environment = [{ name: 'AWS_BATCH_JOB_ID', value: 'mine' }];
    await expectRefused({ containerOverrides: { environment } });
  });

  test('refuses a payload above 30 KiB (AB 2.1)', async () => {
    const parameters = { long: 'x'.repeat(31 * 1024) };
    await expectRefused({ parameters });
  });

  test('takes 1 to 10 attempts, and at most five entries with legal patterns (AB 2.1, 2.9)', async () => {
    for (const attempts of [0, 11]) await expectRefused({ retryStrategy: { attempts } });
    const exit = { onReason: '*', action: 'EXIT' as const };
    await expectRefused({ retryStrategy: { evaluateOnExit: [exit] } });
    await expectRefused({ retryStrategy: { attempts: 2, evaluateOnExit: Array(6).fill(exit) } });
    await expectAccepted({ retryStrategy: { attempts: 10, evaluateOnExit: Array(5).fill(exit) } });
  });

  test('refuses patterns with anything but letters, digits, `.`, `:`, white space and a last `*` (AB 2.9)', async () => {
    for (const pattern of ['Host EC2 (*', '*loud', 'a-b', `${'a'.repeat(512)}*`]) {
      const evaluateOnExit = [{ onStatusReason: pattern, action: 'RETRY' as const }];
      await expectRefused({ retryStrategy: { attempts: 2, evaluateOnExit } });
    }
    const exit = [{ onExitCode: '7x', action: 'EXIT' as const }];
    await expectRefused({ retryStrategy: { attempts: 2, evaluateOnExit: exit } });
    const host = [{ onStatusReason: 'Host EC2*', action: 'RETRY' as const }];
    await expectAccepted({ retryStrategy: { attempts: 2, evaluateOnExit: host } });
  });

  test('refuses a timeout below 60 seconds (AB 2.1)', async () => {
    await expectRefused({ timeout: { attemptDurationSeconds: 59 } });
    await expectAccepted({ timeout: { attemptDurationSeconds: 60 } });
  });

  test('takes at most 50 tags, of keys up to 128 and values up to 256 characters (AB 2.1)', async () => {
    const tags = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, key) => [`${key}`, '']));
    await expectRefused({ tags: tags(51) });
    await expectRefused({ tags: { ['k'.repeat(129)]: '' } });
    await expectRefused({ tags: { key: 'v'.repeat(257) } });
    await expectRefused({ tags: { 'aws:key': '' } });
    await expectAccepted({ tags: tags(50) });
  });

  test('refuses resources that are not whole numbers as text, and less than 4 MiB (AB 2.6)', async () => {
    for (const resource of [
      { type: 'VCPU' as const, value: '0.5' },
      { type: 'MEMORY' as const, value: '3' },
    ])
      await expectRefused({ containerOverrides: { resourceRequirements: [resource] } });
  });

  test('makes a job at every call, also under the same name (AB 2.11)', async () => {
    const at = new Scene();
    expect(await at.submit()).not.toBe(await at.submit());
  });

  test('takes overrides above 8,192 characters, and fails the job later (AB 2.6)', async () => {
    const at = new Scene();
    const environment = [{ name: 'LONG', value: 'x'.repeat(8_192) }];
    const id = await at.submit({
      containerOverrides: { environment },
      retryStrategy: { attempts: 3 },
    });
    at.pass();
    expect(await at.the(id)).toMatchObject({
      status: 'FAILED',
      statusReason: 'Container Overrides length must be at most 8192',
      attempts: [],
    });
  });

  test('takes overrides of exactly 8,192 characters', async () => {
    const at = new Scene();
    const overrides = (length: number) => ({ environment: [{ name: 'LONG', value: 'x'.repeat(length) }] });
    const fixed = JSON.stringify(overrides(0)).length;
    const { id } = await at.running({ containerOverrides: overrides(8_192 - fixed) });
    expect(await at.status(id)).toBe('RUNNING');
  });

  test('fails a job later whose propagated tags are more than 50 (AB 2.7)', async () => {
    const at = new Scene();
    const tags = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 26 }, (_, key) => [`${prefix}${key}`, '']));
    await at.register({ tags: tags('definition') });
    const id = await at.submit({ jobDefinition: 'demo:2', propagateTags: true, tags: tags('job') });
    at.pass();
    expect(await at.status(id)).toBe('FAILED');
  });

  test('refuses what the model does not have instead of passing over it', async () => {
    await expectRefused({ dependsOn: [{ jobId: 'a' }] });
  });
});
