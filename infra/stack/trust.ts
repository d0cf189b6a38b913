import type { Settings } from '../settings.ts';

export const githubIssuer = 'token.actions.githubusercontent.com';

type Github = NonNullable<Settings['github']>;

/** Jobs of workflows: ends of the subject of their tokens (GH 4.4). */
export const subjectTails = {
  plan: ({ branch }: Pick<Github, 'branch'>) => ['pull_request', `ref:refs/heads/${branch}`],
  launch: () => ['environment:launch', 'environment:spend'],
  watch: () => ['environment:watch'],
  images: () => ['environment:images'],
} as const satisfies Record<string, (github: Github) => readonly string[]>;

export type WorkflowRole = keyof typeof subjectTails;

/** A service that may become a role. */
export const trustService = (service: string, condition?: Readonly<Record<string, unknown>>) => ({
  Version: '2012-10-17',
  Statement: [
    {
      ...{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' },
      ...(condition && { Condition: condition }),
    },
  ],
});

/**
 * Both forms of the subject, whole: repositories made, renamed or transferred since July 2026 name their ids, which no
 * setting takes away (AB 11.2). The claim `repository_id` is compared where STS knows it (since 2026 [2nd]): a name that
 * somebody gives up and another takes does not open the account.
 */
export const trustWorkflows = (role: WorkflowRole, github: Github, provider: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${githubIssuer}:aud`]: 'sts.amazonaws.com',
          [`${githubIssuer}:sub`]: subjectsOf(role, github),
        },
        StringEqualsIfExists: { [`${githubIssuer}:repository_id`]: String(github.repository_id) },
      },
    },
  ],
});

export function subjectsOf(role: WorkflowRole, github: Github): readonly string[] {
  const [owner = '', name = ''] = github.repository.split('/');
  const forms = [`repo:${owner}/${name}`, `repo:${owner}@${github.owner_id}/${name}@${github.repository_id}`];
  return forms.flatMap((form) => subjectTails[role](github).map((tail) => `${form}:${tail}`));
}
