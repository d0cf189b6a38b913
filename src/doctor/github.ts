import { z } from 'zod';
import type { Answer } from '../aws/answer.ts';
import { type AskGithub, askGithub, type GithubAccess, pageOf } from './ask-github.ts';
import { readOwners } from './owners.ts';
import { readWorkflows, type WorkflowNeeds } from './workflows.ts';

/** The side of GitHub: what it says of the repository, and what the repository's own files take for granted. */
export interface GithubFacts {
  readonly repository: { readonly owner: string; readonly name: string; readonly server: string };
  readonly needs: WorkflowNeeds;
  readonly owners?: { readonly file: string; readonly text: string };
  readonly mayCreatePrs: Answer<boolean>;
  /** Values by name, those of the organization included. */
  readonly variables: Answer<Values>;
  /** Of the environments that workflows name, each with its own. */
  readonly environmentVariables: ReadonlyMap<string, Answer<Values>>;
  readonly environments: Answer<readonly { readonly name: string; readonly reviewers: boolean }[]>;
  readonly workflows: Answer<readonly { readonly path: string; readonly state: string }[]>;
  readonly subject: Answer<SubjectForm>;
}

export type Values = ReadonlyMap<string, string>;

/** How tokens of its jobs name the repository (GH 4.4). */
export interface SubjectForm {
  readonly isDefault: boolean;
  /** What all subjects begin with: `repo:O/R:`, and with ids, as repositories have it since July 2026. */
  readonly beginnings: readonly string[];
  readonly claims: readonly string[];
}

/** Nothing of it is needed to run ensembles from a terminal: each refused call leaves one check undone. */
export async function gatherGithub(root: string, access: GithubAccess): Promise<GithubFacts> {
  const { owner, name, server } = access;
  const ask = await askGithub(access);
  const needs = readWorkflows(root);
  const [mayCreatePrs, variables, environments, workflows, told, whole] = await Promise.all([
    ask.one('actions/permissions/workflow', permissionSchema),
    gatherVariables(ask),
    ask.all('environments', environmentsPage),
    ask.all('actions/workflows', workflowsPage),
    ask.one('actions/oidc/customization/sub', subjectSchema),
    ask.one('', repositorySchema),
  ]);
  const owners = readOwners(root);
  return {
    repository: { owner, name, server },
    needs,
    ...(owners !== undefined && { owners }),
    mayCreatePrs: map(mayCreatePrs, (one) => one.can_approve_pull_request_reviews),
    variables,
    environmentVariables: await gatherEnvironmentVariables(ask, needs, environments),
    environments: map(environments, (all) =>
      all.map((environment) => ({
        name: environment.name,
        reviewers: environment.protection_rules.some(({ type }) => type === 'required_reviewers'),
      })),
    ),
    workflows,
    subject: whole.known ? map(told, (one) => subjectOf(one, whole.value)) : whole,
  };
}

/** Those of the organization are out of sight for many tokens: then the repository's own have to do. */
async function gatherVariables(ask: AskGithub): Promise<Answer<Values>> {
  const [own, shared] = await Promise.all([
    ask.all('actions/variables', variablesPage),
    ask.all('actions/organization-variables', variablesPage),
  ]);
  return map(own, (variables) => valuesOf([...(shared.known ? shared.value : []), ...variables]));
}

/** One that does not exist has none: asking for them would say that the token may not see them. */
async function gatherEnvironmentVariables(
  ask: AskGithub,
  { variables, environments }: WorkflowNeeds,
  known: Answer<readonly { readonly name: string }[]>,
): Promise<GithubFacts['environmentVariables']> {
  const isThere = (name: string) => !known.known || known.value.some((one) => isSame(one.name, name));
  const asked = variables.length === 0 ? [] : environments.filter(isThere);
  const answers = asked.map(async (name) => {
    const path = `environments/${encodeURIComponent(name)}/variables`;
    return [name, map(await ask.all(path, variablesPage), valuesOf)] as const;
  });
  return new Map(await Promise.all(answers));
}

/** GitHub does not tell names of environments apart by case. */
export const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

const permissionSchema = z.object({ can_approve_pull_request_reviews: z.boolean() });
const variablesPage = pageOf('variables', z.object({ name: z.string(), value: z.string() }));
const environmentsPage = pageOf(
  'environments',
  z.object({ name: z.string(), protection_rules: z.array(z.object({ type: z.string() })).default([]) }),
);
const workflowsPage = pageOf('workflows', z.object({ path: z.string(), state: z.string() }));
const subjectSchema = z.object({
  use_default: z.boolean(),
  include_claim_keys: z.array(z.string()).default([]),
});
const repositorySchema = z.object({
  id: z.number(),
  full_name: z.string(),
  owner: z.object({ id: z.number() }),
});

const valuesOf = (variables: readonly { readonly name: string; readonly value: string }[]): Values =>
  new Map(variables.map(({ name, value }) => [name.toUpperCase(), value]));

/**
 * Both forms: the date decides which one a repository has, and GitHub does not tell it everywhere (GH 4.4). Spelled as
 * GitHub spells it, for trust policies heed case and addresses of remotes do not.
 */
function subjectOf(
  told: z.output<typeof subjectSchema>,
  { id, full_name, owner }: z.output<typeof repositorySchema>,
): SubjectForm {
  return {
    isDefault: told.use_default,
    beginnings: [`repo:${full_name}:`, `repo:${full_name.replace('/', `@${owner.id}/`)}@${id}:`],
    claims: told.include_claim_keys,
  };
}

const map = <From, To>(answer: Answer<From>, change: (value: From) => To): Answer<To> =>
  answer.known ? { known: true, value: change(answer.value) } : answer;
