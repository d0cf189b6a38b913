import type { CreateRepositoryCommandInput, ECR, Repository } from '@aws-sdk/client-ecr';
import { readFault } from '../../aws/fault.ts';
import { awsError } from '../../aws/remote-error.ts';
import { RemoteError } from '../../errors.ts';
import { movingTag } from '../tag-taken.ts';
import { keepingPolicy, policyWarnings, type RepositoryPlace } from './lifecycle.ts';

export interface EnsuredRepository {
  readonly created: boolean;
  /** What of an existing one is not as Muster would have made it, each with the command that mends it. */
  readonly warnings: readonly string[];
}

/** In which registry. ECR takes the caller's own where none is named, whatever a reference says. */
export interface RepositoryName {
  /** The account; 12 digits. */
  readonly registryId: string;
  readonly repositoryName: string;
}

/** Made once; an existing one is looked at and never changed: it is somebody's. */
export async function ensureRepository(ecr: ECR, name: RepositoryName): Promise<EnsuredRepository> {
  const found = await describe(ecr, name);
  if (found !== undefined) return looked(ecr, found, name);
  // Where it is not, another machine was faster.
  if (!(await create(ecr, name))) return looked(ecr, await describe(ecr, name), name);
  await keep(ecr, name);
  return { created: true, warnings: [] };
}

/** Immutable but for the tag that moves (AB 6.1): what a definition or a published run names stays what it was. */
export const repositorySettings: Omit<CreateRepositoryCommandInput, 'repositoryName'> = {
  imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
  imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: movingTag }],
  imageScanningConfiguration: { scanOnPush: true },
  tags: [{ Key: 'managed-by', Value: 'muster' }],
};

async function describe(
  ecr: ECR,
  { registryId, repositoryName: name }: RepositoryName,
): Promise<Repository | undefined> {
  try {
    const { repositories = [] } = await ecr.describeRepositories({ registryId, repositoryNames: [name] });
    return repositories[0];
  } catch (error) {
    if (readFault(error).name === 'RepositoryNotFoundException') return undefined;
    throw awsError('ECR', 'DescribeRepositories', error, { resource: name });
  }
}

/** False: it is there already. */
async function create(ecr: ECR, name: RepositoryName): Promise<boolean> {
  try {
    await ecr.createRepository({ ...name, ...repositorySettings });
    return true;
  } catch (error) {
    if (readFault(error).name === 'RepositoryAlreadyExistsException') return false;
    throw creationError(error, name.repositoryName);
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

async function keep(ecr: ECR, name: RepositoryName): Promise<void> {
  try {
    await ecr.putLifecyclePolicy({ ...name, lifecyclePolicyText: JSON.stringify(keepingPolicy) });
  } catch (error) {
    throw awsError('ECR', 'PutLifecyclePolicy', error, { resource: name.repositoryName });
  }
}

async function looked(
  ecr: ECR,
  found: Repository | undefined,
  name: RepositoryName,
): Promise<EnsuredRepository> {
  const policy = await lifecycleText(ecr, name);
  const place = { name: name.repositoryName, region: await ecr.config.region() };
  const warnings = [...mutabilityWarnings(found ?? {}, place), ...policyWarnings(policy, place)];
  return { created: false, warnings };
}

async function lifecycleText(ecr: ECR, at: RepositoryName): Promise<string | undefined> {
  try {
    return (await ecr.getLifecyclePolicy({ ...at })).lifecyclePolicyText;
  } catch (error) {
    const { name } = readFault(error);
    if (name === 'LifecyclePolicyNotFoundException') return undefined;
    throw awsError('ECR', 'GetLifecyclePolicy', error, { resource: at.repositoryName });
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
