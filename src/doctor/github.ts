import { z } from 'zod';
import type { Answer } from '../aws/answer.ts';
import { readOwners, readWorkflows, type WorkflowNeeds } from './workflows.ts';

/** The side of GitHub: what it says of the repository, and what the repository's own files take for granted. */
export interface GithubFacts {
  readonly repository: { readonly owner: string; readonly name: string };
  readonly needs: WorkflowNeeds;
  readonly owners?: { readonly file: string; readonly text: string };
  readonly mayCreatePrs: Answer<boolean>;
  /** Values by name, those of the organization included. */
  readonly variables: Answer<ReadonlyMap<string, string>>;
  readonly environments: Answer<readonly { readonly name: string; readonly reviewers: boolean }[]>;
  readonly workflows: Answer<readonly { readonly path: string; readonly state: string }[]>;
  readonly subject: Answer<SubjectForm>;
}

/** How tokens of its jobs name the repository (GH 4.4). */
export interface SubjectForm {
  readonly isDefault: boolean;
  /** What all subjects begin with: `repo:O/R:`, and with ids, as repositories have it since July 2026. */
  readonly beginnings: readonly string[];
  readonly claims: readonly string[];
}

export interface GithubAccess {
  readonly token: string;
  /** Of the API, where it is not GitHub's own: `GITHUB_API_URL`. */
  readonly api?: string;
  readonly owner: string;
  readonly name: string;
}

/** Nothing of it is needed to run ensembles from a terminal: each refused call leaves one check undone. */
export async function gatherGithub(root: string, access: GithubAccess): Promise<GithubFacts> {
  const { owner, name } = access;
  const ask = await asker(access);
  const [mayCreatePrs, own, shared, environments, workflows, subject] = await Promise.all([
    ask('actions/permissions/workflow', permissionSchema),
    ask('actions/variables', variablesSchema),
    ask('actions/organization-variables', variablesSchema),
    ask('environments', environmentsSchema),
    ask('actions/workflows', workflowsSchema),
    ask('actions/oidc/customization/sub', subjectSchema),
  ]);
  const whole = await ask('', repositorySchema);
  const owners = readOwners(root);
  return {
    repository: { owner, name },
    needs: readWorkflows(root),
    ...(owners !== undefined && { owners }),
    mayCreatePrs: map(mayCreatePrs, (one) => one.can_approve_pull_request_reviews),
    // Those of the organization are out of sight for many tokens: then the repository's own have to do.
    variables: map(own, ({ variables }) =>
      valuesOf([...(shared.known ? shared.value.variables : []), ...variables]),
    ),
    environments: map(environments, (one) =>
      one.environments.map((environment) => ({
        name: environment.name,
        reviewers: environment.protection_rules.some(({ type }) => type === 'required_reviewers'),
      })),
    ),
    workflows: map(workflows, (one) => one.workflows),
    subject: whole.known ? map(subject, (one) => subjectOf(access, one, whole.value)) : whole,
  };
}

const permissionSchema = z.object({ can_approve_pull_request_reviews: z.boolean() });
const variablesSchema = z.object({ variables: z.array(z.object({ name: z.string(), value: z.string() })) });
const environmentsSchema = z.object({
  environments: z.array(
    z.object({ name: z.string(), protection_rules: z.array(z.object({ type: z.string() })).default([]) }),
  ),
});
const workflowsSchema = z.object({ workflows: z.array(z.object({ path: z.string(), state: z.string() })) });
const subjectSchema = z.object({
  use_default: z.boolean(),
  include_claim_keys: z.array(z.string()).default([]),
});
const repositorySchema = z.object({ id: z.number(), owner: z.object({ id: z.number() }) });

const valuesOf = (variables: readonly { readonly name: string; readonly value: string }[]) =>
  new Map(variables.map(({ name, value }) => [name.toUpperCase(), value]));

/** Both forms: the date decides which one a repository has, and GitHub does not tell it everywhere (GH 4.4). */
function subjectOf(
  { owner, name }: GithubAccess,
  told: z.output<typeof subjectSchema>,
  ids: z.output<typeof repositorySchema>,
): SubjectForm {
  return {
    isDefault: told.use_default,
    beginnings: [`repo:${owner}/${name}:`, `repo:${owner}@${ids.owner.id}/${name}@${ids.id}:`],
    claims: told.include_claim_keys,
  };
}

const map = <From, To>(answer: Answer<From>, change: (value: From) => To): Answer<To> =>
  answer.known ? { known: true, value: change(answer.value) } : answer;

/** Asks for what lies below the repository; a list is read to a hundred entries, which no repository of grids has. */
async function asker({ token, api, owner, name }: GithubAccess) {
  const { getOctokit } = await import('@actions/github');
  const octokit = getOctokit(token, { log: silent, ...(api !== undefined && { baseUrl: api }) });
  return async <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
  ): Promise<Answer<z.output<Schema>>> => {
    const action = `GET /repos/${owner}/${name}${path === '' ? '' : `/${path}`}`;
    try {
      const { data } = await octokit.request(action, { per_page: 100 });
      return { known: true, value: schema.parse(data) };
    } catch (error) {
      return { known: false, action, why: explain(error, `https://github.com/${owner}/${name}/settings`) };
    }
  };
}

const nothing = () => {};
/** Octokit tells its requests and deprecations to the console. */
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Never by message texts: by the status, which Octokit's errors carry. */
function explain(error: unknown, settings: string): string {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  if (status === 401) return 'GitHub does not accept the token: it is wrong or has expired';
  if (status === 403 || status === 404) {
    return `the token may not see it, which takes an administrator of the repository (HTTP ${status}). Look yourself: ${settings}/actions`;
  }
  if (typeof status === 'number') return `GitHub answered HTTP ${status}. Try again later`;
  if (error instanceof z.ZodError) return 'GitHub answered something else than it documents';
  throw error;
}
