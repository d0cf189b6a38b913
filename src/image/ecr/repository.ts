import type { CreateRepositoryCommandInput, ECR, Repository } from '@aws-sdk/client-ecr';
import { readFault } from '../../aws/fault.ts';
import { awsError } from '../../aws/remote-error.ts';
import { RemoteError } from '../../errors.ts';
import { movingTag } from '../tag-taken.ts';
import { keepingPolicy, policyWarnings, type RepositoryPlace } from './lifecycle.ts';

export interface EnsuredRepository {
  /** `<account>.dkr.ecr.<region>.amazonaws.com/<name>`, as ECR says it. */
  readonly uri: string;
  readonly created: boolean;
  /** What of an existing one is not as Muster would have made it, each with the command that mends it. */
  readonly warnings: readonly string[];
}

/** Made once; an existing one is looked at and never changed: it is somebody's. */
export async function ensureRepository(ecr: ECR, name: string): Promise<EnsuredRepository> {
  const found = await describe(ecr, name);
  if (found !== undefined) return looked(ecr, found, name);
  const made = await create(ecr, name);
  // Another machine was faster.
  if (made === undefined) return looked(ecr, await describe(ecr, name), name);
  await keep(ecr, name);
  return { uri: uriOf(made, name), created: true, warnings: [] };
}

/** Immutable but for the tag that moves (AB 6.1): what a definition or a published run names stays what it was. */
export const repositorySettings = (repositoryName: string): CreateRepositoryCommandInput => ({
  repositoryName,
  imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
  imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: movingTag }],
  imageScanningConfiguration: { scanOnPush: true },
  tags: [{ Key: 'managed-by', Value: 'muster' }],
});

async function describe(ecr: ECR, name: string): Promise<Repository | undefined> {
  try {
    const { repositories = [] } = await ecr.describeRepositories({ repositoryNames: [name] });
    return repositories[0];
  } catch (error) {
    if (readFault(error).name === 'RepositoryNotFoundException') return undefined;
    throw awsError('ECR', 'DescribeRepositories', error, { resource: name });
  }
}

/** `undefined`: it is there already. */
async function create(ecr: ECR, name: string): Promise<Repository | undefined> {
  try {
    const { repository } = await ecr.createRepository(repositorySettings(name));
    return repository ?? {};
  } catch (error) {
    if (readFault(error).name === 'RepositoryAlreadyExistsException') return undefined;
    throw creationError(error, name);
  }
}

/** The SDK takes a full account for a busy one, and repeats in vain. */
export function creationError(error: unknown, name: string): Error {
  if (readFault(error).name !== 'LimitExceededException') {
    return awsError('ECR', 'CreateRepository', error, { resource: name });
  }
  return new RemoteError(
    { service: 'ECR', operation: 'CreateRepository' },
    `ECR: CreateRepository ${name}: the account has as many repositories in this region as it may. Delete one that nothing uses, or ask for more: aws service-quotas list-service-quotas --service-code ecr`,
    { cause: error },
  );
}

async function keep(ecr: ECR, repositoryName: string): Promise<void> {
  try {
    await ecr.putLifecyclePolicy({ repositoryName, lifecyclePolicyText: JSON.stringify(keepingPolicy) });
  } catch (error) {
    throw awsError('ECR', 'PutLifecyclePolicy', error, { resource: repositoryName });
  }
}

async function looked(ecr: ECR, found: Repository | undefined, name: string): Promise<EnsuredRepository> {
  const policy = await lifecycleText(ecr, name);
  const place = { name, region: await ecr.config.region() };
  const warnings = [...mutabilityWarnings(found ?? {}, place), ...policyWarnings(policy, place)];
  return { uri: uriOf(found, name), created: false, warnings };
}

async function lifecycleText(ecr: ECR, repositoryName: string): Promise<string | undefined> {
  try {
    return (await ecr.getLifecyclePolicy({ repositoryName })).lifecyclePolicyText;
  } catch (error) {
    const { name } = readFault(error);
    if (name === 'LifecyclePolicyNotFoundException') return undefined;
    throw awsError('ECR', 'GetLifecyclePolicy', error, { resource: repositoryName });
  }
}

/** Pure. Jobs run digests, so a moved tag changes no run; it may leave the old image without a name. */
export function mutabilityWarnings(
  { imageTagMutability, imageTagMutabilityExclusionFilters: filters = [] }: Repository,
  { name, region }: RepositoryPlace,
): readonly string[] {
  const mend = `aws ecr put-image-tag-mutability --region ${region} --repository-name ${name} --image-tag-mutability IMMUTABLE_WITH_EXCLUSION --image-tag-mutability-exclusion-filters filterType=WILDCARD,filter=${movingTag}`;
  if (imageTagMutability === 'IMMUTABLE') {
    return [
      `the repository ${name} lets no tag move, \`${movingTag}\` neither: a second push cannot set it. Mend: ${mend}`,
    ];
  }
  const others = filters.filter(({ filter }) => filter !== movingTag).map(({ filter }) => filter);
  if (imageTagMutability === 'IMMUTABLE_WITH_EXCLUSION' && others.length === 0) return [];
  const which = imageTagMutability === 'IMMUTABLE_WITH_EXCLUSION' ? `tags like ${others.join(', ')}` : 'tags';
  return [
    `the repository ${name} lets ${which} be overwritten: a tag that somebody wrote down may come to name another image. Mend: ${mend}`,
  ];
}

function uriOf(repository: Repository | undefined, name: string): string {
  if (repository?.repositoryUri !== undefined) return repository.repositoryUri;
  throw new RemoteError(
    { service: 'ECR', operation: 'DescribeRepositories' },
    `ECR does not say the address of the repository ${name}. Try again.`,
  );
}
