import { z } from 'zod';
import type { Github } from './connection.ts';
import { openTips } from './tips.ts';

/** As GitHub calls them; `missing` where the default branch has no such file, or the token may not see it. */
export type WorkflowState = 'active' | 'missing' | (string & {});

const workflowAnswer = z.object({ state: z.string() });

/**
 * Whether a workflow runs. After 60 quiet days a public repository's schedules are `disabled_inactivity` (GH 3.3).
 * @param file its name below `.github/workflows`.
 */
export async function workflowState(github: Github, file: string): Promise<WorkflowState> {
  const answer = await github.tryAsk(
    {
      doing: `read the workflow ${file}`,
      route: 'GET /repos/{owner}/{repo}/actions/workflows/{file}',
      parameters: { file },
      answer: workflowAnswer,
    },
    [404],
  );
  return answer.status === 'ok' ? answer.data.state : 'missing';
}

/** What stands between a job and the environment it names (GH 4.5). */
export type Protection =
  | { readonly environment: 'missing' }
  | {
      readonly environment: 'there';
      /** People or teams who must say yes; 0 where nobody has to, or the plan has no such rule. */
      readonly reviewers: number;
      /** Nobody may approve what they started. */
      readonly noSelfReview: boolean;
      readonly waitMinutes: number;
      /** Jobs of other branches are kept out. */
      readonly restrictsBranches: boolean;
    };

const environmentAnswer = z.object({
  protection_rules: z
    .array(
      z.object({
        type: z.string(),
        wait_timer: z.number().optional(),
        prevent_self_review: z.boolean().optional(),
        reviewers: z.array(z.unknown()).optional(),
      }),
    )
    .default([]),
  deployment_branch_policy: z.unknown(),
});

export async function protectionOf(github: Github, environment: string): Promise<Protection> {
  const answer = await github.tryAsk(
    {
      doing: `read the environment ${environment}`,
      route: 'GET /repos/{owner}/{repo}/environments/{environment}',
      parameters: { environment },
      answer: environmentAnswer,
    },
    [404],
  );
  if (answer.status !== 'ok') return { environment: 'missing' };
  const { protection_rules: rules, deployment_branch_policy: branches } = answer.data;
  const reviews = rules.find(({ type }) => type === 'required_reviewers');
  return {
    environment: 'there',
    reviewers: reviews?.reviewers?.length ?? 0,
    noSelfReview: reviews?.prevent_self_review ?? false,
    waitMinutes: rules.find(({ type }) => type === 'wait_timer')?.wait_timer ?? 0,
    restrictsBranches: branches !== null && branches !== undefined,
  };
}

/** Where the run that a dispatch started is seen; `undefined` where GitHub does not tell (before 2026, GH 3.4). */
export interface Dispatched {
  readonly url: string | undefined;
}

const dispatchAnswer = z.union([z.object({ html_url: z.string() }), z.unknown().transform(() => undefined)]);

/**
 * Starts a workflow on the default branch. Not safe to repeat: each call starts a run, so it is sent once, and trouble
 * is for the caller to look at.
 */
export async function dispatch(
  github: Github,
  file: string,
  inputs: Readonly<Record<string, string>>,
): Promise<Dispatched> {
  const ref = await openTips(github).defaultBranch();
  const started = await github.ask({
    doing: `start the workflow ${file}`,
    route: 'POST /repos/{owner}/{repo}/actions/workflows/{file}/dispatches',
    parameters: { file, ref, inputs, return_run_details: true },
    answer: dispatchAnswer,
    once: true,
  });
  return { url: started?.html_url };
}
