import type { ECR } from '@aws-sdk/client-ecr';
import { beforeAll, describe, expect, test } from 'vitest';
import { authorization } from '../../src/image/ecr/authorization.ts';
import { openEcr } from '../../src/image/ecr/client.ts';
import { keepingPolicy } from '../../src/image/ecr/lifecycle.ts';
import { ensureRepository } from '../../src/image/ecr/repository.ts';
import { moto } from './moto.ts';

describe('a repository of ECR', () => {
  let ecr: ECR;
  const name = `demo-${process.pid}-${Date.now().toString(36)}`;
  beforeAll(async () => {
    ecr = await openEcr(moto);
  });

  test('is made with tags that stay, a scan, our name on it and a policy that keeps what is used', async () => {
    const made = await ensureRepository(ecr, name);
    expect(made).toEqual({
      uri: `123456789012.dkr.ecr.us-east-1.amazonaws.com/${name}`,
      ...{ created: true, warnings: [] },
    });
    const { repositories = [] } = await ecr.describeRepositories({ repositoryNames: [name] });
    expect(repositories[0]).toMatchObject({
      imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      imageScanningConfiguration: { scanOnPush: true },
    });
    const { repositoryArn: resourceArn } = repositories[0] ?? {};
    const { tags } = await ecr.listTagsForResource({ resourceArn });
    expect(tags).toEqual([{ Key: 'managed-by', Value: 'muster' }]);
    const { lifecyclePolicyText = '' } = await ecr.getLifecyclePolicy({ repositoryName: name });
    expect(JSON.parse(lifecyclePolicyText)).toEqual(keepingPolicy);
  });

  test('is left as it is the second time', async () => {
    expect(await ensureRepository(ecr, name)).toMatchObject({ created: false });
  });

  test('of somebody else that lets tags move is warned of', async () => {
    const theirs = `${name}-theirs`;
    await ecr.createRepository({ repositoryName: theirs });
    const { created, warnings } = await ensureRepository(ecr, theirs);
    expect({ created, warnings }).toEqual({
      created: false,
      warnings: [expect.stringMatching(/lets tags be overwritten.*aws ecr put-image-tag-mutability/)],
    });
    const { repositories = [] } = await ecr.describeRepositories({ repositoryNames: [theirs] });
    expect(repositories[0]).toMatchObject({ imageTagMutability: 'MUTABLE' });
  });

  test('of somebody else that expires what has a tag is warned of', async () => {
    const theirs = `${name}-short`;
    await ecr.createRepository({ repositoryName: theirs, imageTagMutability: 'IMMUTABLE' });
    const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 5 };
    const lifecyclePolicyText = JSON.stringify({
      rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }],
    });
    await ecr.putLifecyclePolicy({ repositoryName: theirs, lifecyclePolicyText });
    const { warnings } = await ensureRepository(ecr, theirs);
    expect(warnings).toEqual([
      expect.stringMatching(/lets no tag move/),
      expect.stringMatching(/rule 1 .*takes away images that have a tag/),
    ]);
  });

  test('has a token for docker login', async () => {
    expect(await authorization(ecr)).toMatchObject({ user: 'AWS', password: expect.stringMatching(/./) });
  });
});
