import {
  DeregisterJobDefinitionCommand,
  DescribeJobDefinitionsCommand,
  type DescribeJobDefinitionsRequest,
} from '@aws-sdk/client-batch';
import { describe, expect, test } from 'vitest';
import { definition, Scene } from './scene.ts';

const refused = { name: 'ClientException' };

async function revisions(at: Scene, request: DescribeJobDefinitionsRequest) {
  const found = await at.client.send(new DescribeJobDefinitionsCommand(request));
  return found.jobDefinitions?.map(({ revision }) => revision);
}

describe('RegisterJobDefinition', () => {
  test('makes a revision at every call, of equal content too (AB 2.11)', async () => {
    const at = new Scene();
    expect((await at.register()).revision).toBe(2);
    expect(await at.register()).toMatchObject({
      revision: 3,
      jobDefinitionArn: 'arn:aws:batch:us-east-1:123456789012:job-definition/demo:3',
    });
  });

  test('refuses more than 24 KiB (AB 2.1)', async () => {
    const parameters = { long: 'x'.repeat(24 * 1024) };
    await expect(new Scene().register({ parameters })).rejects.toMatchObject(refused);
  });

  test('refuses names, patterns, timeouts and tags that are not legal (AB 2.1, 2.9)', async () => {
    const at = new Scene();
    for (const wrong of [
      { jobDefinitionName: 'a b' },
      { retryStrategy: { attempts: 2, evaluateOnExit: [{ onReason: '(*', action: 'EXIT' as const }] } },
      { timeout: { attemptDurationSeconds: 1 } },
      { tags: { 'aws:a': '' } },
    ])
      await expect(at.register(wrong)).rejects.toMatchObject(refused);
  });

  test('wants an image, vCPUs and memory', async () => {
    const at = new Scene();
    const { containerProperties } = definition();
    for (const wrong of [{ image: '' }, { resourceRequirements: [] }])
      await expect(
        at.register({ containerProperties: { ...containerProperties, ...wrong } }),
      ).rejects.toMatchObject(refused);
  });
});

describe('DescribeJobDefinitions', () => {
  test('shows the active revisions of a name, newest first, page by page', async () => {
    const at = new Scene();
    for (let more = 0; more < 3; more++) await at.register();
    await at.client.send(new DeregisterJobDefinitionCommand({ jobDefinition: 'demo:2' }));
    const active = { jobDefinitionName: 'demo', status: 'ACTIVE' };
    expect(await revisions(at, active)).toEqual([4, 3, 1]);
    const first = await at.client.send(new DescribeJobDefinitionsCommand({ ...active, maxResults: 2 }));
    expect(await revisions(at, { ...active, maxResults: 2, nextToken: first.nextToken })).toEqual([1]);
  });

  test('shows revisions by ARN or name, active or not, and leaves out unknown ones', async () => {
    const at = new Scene();
    const { jobDefinitionArn = '' } = await at.register();
    await at.client.send(new DeregisterJobDefinitionCommand({ jobDefinition: jobDefinitionArn }));
    const jobDefinitions = [jobDefinitionArn, 'demo:1', 'demo:9', 'other:1'];
    const found = await at.client.send(new DescribeJobDefinitionsCommand({ jobDefinitions }));
    expect(found.jobDefinitions?.map(({ revision, status }) => [revision, status])).toEqual([
      [2, 'INACTIVE'],
      [1, 'ACTIVE'],
    ]);
  });

  test('takes a list of revisions or a name, not both (AB 4.1)', async () => {
    const request = { jobDefinitions: ['demo:1'], status: 'ACTIVE' };
    const asked = new Scene().client.send(new DescribeJobDefinitionsCommand(request));
    await expect(asked).rejects.toMatchObject(refused);
  });

  test('gives back what was registered', async () => {
    const at = new Scene();
    const timeout = { attemptDurationSeconds: 60 };
    await at.register({ timeout, tags: { content: 'abc' }, platformCapabilities: ['EC2'] });
    const found = await at.client.send(new DescribeJobDefinitionsCommand({ jobDefinitions: ['demo:2'] }));
    expect(found.jobDefinitions?.[0]).toMatchObject({
      ...definition(),
      timeout,
      tags: { content: 'abc' },
    });
  });

  test('gives back actions in lower case, and no variables without a value (as moto has seen it)', async () => {
    const at = new Scene();
    const { containerProperties } = definition();
    const evaluateOnExit = [{ onExitCode: '1', action: 'EXIT' as const }];
    await at.register({
      retryStrategy: { attempts: 2, evaluateOnExit },
      containerProperties: { ...containerProperties, environment: [{ name: 'EMPTY', value: '' }] },
    });
    const found = await at.client.send(new DescribeJobDefinitionsCommand({ jobDefinitions: ['demo:2'] }));
    expect(found.jobDefinitions?.[0]).toMatchObject({
      retryStrategy: { evaluateOnExit: [{ action: 'exit' }] },
      containerProperties: { environment: [] },
    });
    const { attempt } = await at.running({ jobDefinition: 'demo:2' });
    expect(attempt.environment).not.toHaveProperty('EMPTY');
  });
});
