import { describe, expect, test } from 'vitest';
import { creationError, ensureRepository, mutabilityWarnings } from '../../../src/image/ecr/repository.ts';
import { refused, scriptedEcr } from './wire.ts';

const uri = '123456789012.dkr.ecr.us-west-2.amazonaws.com/demo';
const ours = {
  repositoryUri: uri,
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
    expect(await ensureRepository(ecr, 'demo')).toEqual({ uri, created: false, warnings: [] });
    expect(calls).not.toContain('PutLifecyclePolicy');
  });

  test('that is made gets the policy that keeps what is used', async () => {
    const { ecr, calls } = await scriptedEcr({
      DescribeRepositories: [missing],
      CreateRepository: [{ body: { repository: ours } }],
      PutLifecyclePolicy: [{ body: {} }],
    });
    expect(await ensureRepository(ecr, 'demo')).toEqual({ uri, created: true, warnings: [] });
    expect(calls).toEqual(['DescribeRepositories', 'CreateRepository', 'PutLifecyclePolicy']);
  });

  test('that is there is not changed', async () => {
    const { ecr, calls } = await scriptedEcr({
      DescribeRepositories: [found],
      GetLifecyclePolicy: [noPolicy],
    });
    await ensureRepository(ecr, 'demo');
    expect(calls).toEqual(['DescribeRepositories', 'GetLifecyclePolicy']);
  });

  test('that may not be looked at is refused in words, and nothing is made', async () => {
    const { ecr, calls } = await scriptedEcr({
      DescribeRepositories: [refused('AccessDeniedException')],
    });
    await expect(ensureRepository(ecr, 'demo')).rejects.toMatchObject({
      ...{ name: 'RemoteError', service: 'ECR', operation: 'DescribeRepositories', denied: true },
    });
    expect(calls).toEqual(['DescribeRepositories']);
  });

  test('that may not be made is refused in words', async () => {
    const { ecr } = await scriptedEcr({
      DescribeRepositories: [missing],
      CreateRepository: [refused('AccessDeniedException')],
    });
    await expect(ensureRepository(ecr, 'demo')).rejects.toMatchObject({
      ...{ service: 'ECR', operation: 'CreateRepository', denied: true },
    });
  });

  test('for which the account has no room is not called throttled', () => {
    const full = Object.assign(new Error('full'), { name: 'LimitExceededException', $fault: 'client' });
    expect(creationError(full, 'demo').message).toMatch(/as many repositories.*list-service-quotas/);
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
