import { z } from 'zod';
import { type Answer, answerOf } from '../aws/answer.ts';
import { type AwsSettings, clientConfig, persistent, watched } from '../aws/settings.ts';

/** Whom a role trusts among the jobs of GitHub Actions. */
export interface RoleTrust {
  /** Of the repository, that holds the ARN. */
  readonly variable: string;
  readonly arn: string;
  /** Patterns of subjects. */
  readonly subjects: Answer<readonly string[]>;
}

const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/([\w+=,.@/-]+)$/;

/** The roles that variables of the repository name: those that its workflows assume. */
export async function gatherTrusts(
  aws: AwsSettings,
  variables: ReadonlyMap<string, string>,
): Promise<readonly RoleTrust[]> {
  const roles = [...variables].filter(([, value]) => roleArn.test(value));
  if (roles.length === 0) return [];
  const { IAM } = await import('@aws-sdk/client-iam');
  const iam = watched(new IAM(clientConfig(aws, persistent)), aws);
  return Promise.all(
    roles.map(async ([variable, arn]) => {
      const RoleName = roleArn.exec(arn)?.[1]?.split('/').at(-1) ?? '';
      const subjects = await answerOf('iam:GetRole', async () => {
        const { Role } = await iam.getRole({ RoleName });
        return subjectsIn(Role?.AssumeRolePolicyDocument ?? '');
      });
      return { variable, arn, subjects };
    }),
  );
}

const issuer = 'token.actions.githubusercontent.com';
const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

const policySchema = z.looseObject({
  Statement: z.array(
    z.looseObject({
      Effect: z.string(),
      Principal: z.union([z.string(), z.looseObject({ Federated: oneOrMore.optional() })]).optional(),
      Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).default({}),
    }),
  ),
});

/** @param document as IAM gives it: JSON, percent-encoded. One that is none trusts nobody. */
export function subjectsIn(document: string): readonly string[] {
  const parsed = policySchema.safeParse(jsonOf(document));
  if (!parsed.success) return [];
  return parsed.data.Statement.flatMap(({ Effect, Principal, Condition }) => {
    const federated = typeof Principal === 'object' ? (Principal.Federated ?? []) : [];
    if (Effect !== 'Allow' || !federated.some((one) => one.endsWith(issuer))) return [];
    return Object.entries(Condition)
      .filter(([operator]) => /String(Equals|Like)/.test(operator))
      .flatMap(([, keys]) => keys[`${issuer}:sub`] ?? []);
  });
}

function jsonOf(document: string): unknown {
  try {
    return JSON.parse(document.startsWith('%') ? decodeURIComponent(document) : document);
  } catch {
    return undefined;
  }
}
