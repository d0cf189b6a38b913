import type { ECR } from '@aws-sdk/client-ecr';
import { beforeAll, describe, expect, test } from 'vitest';
import { authorization } from '../../src/image/ecr/authorization.ts';
import { callerAccount } from '../../src/image/ecr/caller.ts';
import { openEcr } from '../../src/image/ecr/client.ts';
import { keepingPolicy } from '../../src/image/ecr/lifecycle.ts';
import { ensureRepository } from '../../src/image/ecr/repository.ts';
import { prepareRepository } from '../../src/image/make.ts';
import { moto } from './moto.ts';

describe('a repository of ECR', () => {
  let ecr: ECR;
  const name = `demo-${process.pid}-${Date.now().toString(36)}`;
  const inAccount = (repositoryName: string) => ({ registryId: '123456789012', repositoryName });
  beforeAll(async () => {
    ecr = await openEcr(moto);
  });

  test('is made with tags that stay, a scan, our name on it and a policy that keeps what is used', async () => {
    const made = await ensureRepository(ecr, inAccount(name));
    expect(made).toEqual({ created: true, warnings: [] });
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

  test('belongs to whom moto says we are', async () => {
    expect(await callerAccount(moto)).toBe('123456789012');
  });

  test('is left as it is the second time', async () => {
    expect(await ensureRepository(ecr, inAccount(name))).toMatchObject({ created: false });
  });

  test('of somebody else that lets tags move is warned of', async () => {
    const theirs = `${name}-theirs`;
    await ecr.createRepository({ repositoryName: theirs });
    const { created, warnings } = await ensureRepository(ecr, inAccount(theirs));
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
    const { warnings } = await ensureRepository(ecr, inAccount(theirs));
    expect(warnings).toEqual([
      expect.stringMatching(/lets no tag move/),
      expect.stringMatching(/rule 1 .*takes away images that have a tag/),
    ]);
  });

  test('is made where a push goes, in the account and region of the reference', async () => {
    const repository = `${name}-pushed`;
    const target = { registry: '123456789012.dkr.ecr.eu-west-1.amazonaws.com', repository };
    expect(await prepareRepository(moto, target)).toEqual([
      `made the repository ${repository} in ECR (eu-west-1)`,
    ]);
    expect(await prepareRepository(moto, target)).toEqual([]);
  });

  test('has a token for docker login', async () => {
    expect(await authorization(ecr)).toMatchObject({ user: 'AWS', password: expect.stringMatching(/./) });
  });
});
