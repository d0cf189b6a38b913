import { type Answer, answerOf } from '../aws/answer.ts';
import { policyStatements } from '../aws/policy-document.ts';
import { type AwsSettings, clientConfig, persistent, watched } from '../aws/settings.ts';
import type { GithubFacts } from './github.ts';

/** A role that workflows assume. */
export interface AssumedRole {
  /** That holds its ARN, and where it stands: `AWS_ROLE`, `AWS_ROLE of environment spend`. */
  readonly variable: string;
  readonly arn: string;
}

/** Whom it trusts among the jobs of GitHub Actions. */
export interface RoleTrust extends AssumedRole {
  /** Patterns of subjects. */
  readonly subjects: Answer<readonly string[]>;
}

const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/([\w+=,.@/-]+)$/;

/** Roles that steps take from variables; other variables may hold those of jobs of AWS Batch, which trust no GitHub. */
export function assumedRoles({
  needs,
  variables,
  environmentVariables,
}: Pick<GithubFacts, 'needs' | 'variables' | 'environmentVariables'>): readonly AssumedRole[] {
  const places = [
    { place: '', values: variables },
    ...Array.from(environmentVariables, ([name, values]) => ({ place: ` of environment ${name}`, values })),
  ];
  return needs.variables
    .filter(({ isRole }) => isRole)
    .flatMap(({ name }) =>
      places.flatMap(({ place, values }) => {
        const arn = values.known ? values.value.get(name) : undefined;
        return arn !== undefined && roleArn.test(arn) ? [{ variable: `${name}${place}`, arn }] : [];
      }),
    );
}

export async function gatherTrusts(
  aws: AwsSettings,
  roles: readonly AssumedRole[],
): Promise<readonly RoleTrust[]> {
  if (roles.length === 0) return [];
  const { IAM } = await import('@aws-sdk/client-iam');
  const iam = watched(new IAM(clientConfig(aws, persistent)), aws);
  return Promise.all(
    roles.map(async (role) => {
      const RoleName = roleArn.exec(role.arn)?.[1]?.split('/').at(-1) ?? '';
      const subjects = await answerOf('iam:GetRole', async () => {
        const { Role } = await iam.getRole({ RoleName });
        return subjectsIn(Role?.AssumeRolePolicyDocument ?? '');
      });
      return { ...role, subjects };
    }),
  );
}

const issuer = 'token.actions.githubusercontent.com';

/** @param document as IAM gives it: JSON, percent-encoded. One that is none trusts nobody. */
export function subjectsIn(document: string): readonly string[] {
  const statements = policyStatements(document) ?? [];
  return statements.flatMap(({ allows, principals, conditions }) => {
    if (!allows || principals?.Federated?.some((one) => one.endsWith(issuer)) !== true) return [];
    return Object.entries(conditions)
      .filter(([operator]) => /String(Equals|Like)/.test(operator))
      .flatMap(([, keys]) => keys[`${issuer}:sub`] ?? []);
  });
}
