import { describe, expect, test } from 'vitest';
import { creationError, ensureRepository, mutabilityWarnings } from '../../../src/image/ecr/repository.ts';
import { prepareRepository } from '../../../src/image/make.ts';
import type { WireHandler } from '../../aws/batch/wire.ts';
import { refused, scriptedEcr } from './wire.ts';

const demo = { registryId: '123456789012', repositoryName: 'demo' };
const ours = {
  imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
  imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'latest' }],
};
const found = { body: { repositories: [ours] } };
const missing = refused('RepositoryNotFoundException');
const noPolicy = refused('LifecyclePolicyNotFoundException');

describe('a repository', () => {
  test('that another machine makes meanwhile is taken as it is', async () => {
    const { ecr, calls } = await scriptedEcr({
      DescribeRepositories: [missing, found],
      CreateRepository: [refused('RepositoryAlreadyExistsException')],
      GetLifecyclePolicy: [noPolicy],
    });
    expect(await ensureRepository(ecr, demo)).toEqual({ created: false, warnings: [] });
    expect(calls).not.toContain('PutLifecyclePolicy');
  });

  test('that is made gets the policy that keeps what is used', async () => {
    const { ecr, calls } = await scriptedEcr({
      DescribeRepositories: [missing],
      CreateRepository: [{ body: { repository: ours } }],
      PutLifecyclePolicy: [{ body: {} }],
    });
    expect(await ensureRepository(ecr, demo)).toEqual({ created: true, warnings: [] });
    expect(calls).toEqual(['DescribeRepositories', 'CreateRepository', 'PutLifecyclePolicy']);
  });

  test('is looked for, made and kept in the account of the reference', async () => {
    const { ecr, bodies } = await scriptedEcr({
      DescribeRepositories: [missing],
      CreateRepository: [{ body: { repository: ours } }],
      PutLifecyclePolicy: [{ body: {} }],
    });
    await ensureRepository(ecr, demo);
    expect(bodies.map(({ registryId }) => registryId)).toEqual(Array(3).fill('123456789012'));
  });

  test('that is there is looked at in the account of the reference', async () => {
    const { ecr, bodies } = await scriptedEcr({
      DescribeRepositories: [found],
      GetLifecyclePolicy: [noPolicy],
    });
    await ensureRepository(ecr, demo);
    expect(bodies.map(({ registryId }) => registryId)).toEqual(Array(2).fill('123456789012'));
  });

  test('that is there is not changed', async () => {
    const { ecr, calls } = await scriptedEcr({
      DescribeRepositories: [found],
      GetLifecyclePolicy: [noPolicy],
    });
    await ensureRepository(ecr, demo);
    expect(calls).toEqual(['DescribeRepositories', 'GetLifecyclePolicy']);
  });

  test('that may not be looked at is refused in words, and nothing is made', async () => {
    const { ecr, calls } = await scriptedEcr({
      DescribeRepositories: [refused('AccessDeniedException')],
    });
    await expect(ensureRepository(ecr, demo)).rejects.toMatchObject({
      ...{ name: 'RemoteError', service: 'ECR', operation: 'DescribeRepositories', denied: true },
    });
    expect(calls).toEqual(['DescribeRepositories']);
  });

  test('that may not be made is refused in words', async () => {
    const { ecr } = await scriptedEcr({
      DescribeRepositories: [missing],
      CreateRepository: [refused('AccessDeniedException')],
    });
    await expect(ensureRepository(ecr, demo)).rejects.toMatchObject({
      ...{ service: 'ECR', operation: 'CreateRepository', denied: true },
    });
  });

  test('for which the account has no room is not called throttled', () => {
    const full = Object.assign(new Error('full'), { name: 'LimitExceededException', $fault: 'client' });
    expect(creationError(full, 'demo').message).toMatch(/as many repositories.*list-service-quotas/);
  });
});

describe('the registry of another account', () => {
  const answering = (account: string): WireHandler => ({
    handle: async () => ({
      response: {
        ...{ statusCode: 200, headers: { 'content-type': 'text/xml' } },
        body: Buffer.from(
          `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn</Arn><UserId>u</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
        ),
      },
    }),
  });
  const target = { registry: '123456789012.dkr.ecr.us-west-2.amazonaws.com', repository: 'lab/demo' };
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

  test('is neither looked at nor given a repository, and who is logged in is said', async () => {
    const asked: string[] = [];
    const sts = answering('999999999999');
    const requestHandler: WireHandler = {
      handle: (request) => {
        asked.push(request.headers['x-amz-target'] ?? 'STS');
        return sts.handle(request);
      },
    };
    const said = await prepareRepository({ credentials, requestHandler }, target);
    expect([asked, said]).toEqual([
      ['STS'],
      [expect.stringMatching(/account 123456789012, .* of 999999999999.*none is made/)],
    ]);
  });
});

describe('tags of a repository', () => {
  const place = { name: 'demo', region: 'us-west-2' };
  const filter = (...filters: readonly string[]) =>
    filters.map((filter) => ({ filterType: 'WILDCARD' as const, filter }));

  test.each([
    ['IMMUTABLE_WITH_EXCLUSION', filter('latest'), []],
    ['IMMUTABLE', filter(), [/lets no tag move/]],
    ['IMMUTABLE_WITH_EXCLUSION', filter('latest', 'v*'), [/lets tags like v\* be overwritten/]],
    ['MUTABLE', filter(), [/lets tags be overwritten/]],
    ['MUTABLE_WITH_EXCLUSION', filter('v*'), [/lets tags be overwritten/]],
    [undefined, filter(), [/lets tags be overwritten/]],
  ] as const)('%s but %j: %s', (imageTagMutability, imageTagMutabilityExclusionFilters, patterns) => {
    const repository = {
      imageTagMutability,
      imageTagMutabilityExclusionFilters: [...imageTagMutabilityExclusionFilters],
    };
    const { imageTagMutability: _, ...unsaid } = repository;
    const seen = imageTagMutability === undefined ? unsaid : { ...repository, imageTagMutability };
    const said = mutabilityWarnings(seen, place);
    expect(said).toEqual(patterns.map((pattern) => expect.stringMatching(pattern)));
  });

  test('are mended by a command that names region and repository', () => {
    expect(mutabilityWarnings({}, place)[0]).toContain(
      'aws ecr put-image-tag-mutability --region us-west-2 --repository-name demo --image-tag-mutability IMMUTABLE_WITH_EXCLUSION --image-tag-mutability-exclusion-filters filterType=WILDCARD,filter=latest',
    );
  });
});
