import { answer, type Call, page, type Reply, refuse } from './call.ts';
import type { Git } from './git.ts';

/** What the emulator has not: commit statuses, environments, workflows of the default branch (GH 8.3). */
export interface Surroundings {
  /** By name: who must approve, how long to wait, whether branches are restricted. */
  readonly environments: Readonly<Record<string, EnvironmentRules>>;
  /** States that differ from `active`, by file name. */
  readonly workflowStates: Readonly<Record<string, string>>;
  readonly onDispatch: (dispatch: Dispatch) => void;
}

export interface EnvironmentRules {
  readonly reviewers?: readonly string[];
  readonly preventSelfReview?: boolean;
  readonly waitMinutes?: number;
  readonly restrictsBranches?: boolean;
}

export interface Dispatch {
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Status {
  readonly context: string;
  readonly state: string;
  readonly description: string | null;
  readonly target_url: string | null;
}

const states = ['error', 'failure', 'pending', 'success'];

/** Commit statuses, newest first. */
export function openStatuses(git: Git) {
  const statuses = new Map<string, Status[]>();
  const of = (commit: string) => statuses.get(commit) ?? [];
  const latest = (commit: string) => {
    const contexts = new Map<string, Status>();
    for (const status of of(commit)) if (!contexts.has(status.context)) contexts.set(status.context, status);
    return [...contexts.values()];
  };
  return {
    latest,
    written: (commit: string): readonly Status[] => of(commit),
    async create({ body }: Call, commit: string): Promise<Reply> {
      if ((await git.ask('GET', `/git/commits/${commit}`)) === undefined) {
        return refuse(422, `No commit found for SHA: ${commit}`);
      }
      const { context = 'default', state, description, target_url } = body;
      if (!states.includes(String(state))) return refuse(422, 'Validation Failed');
      if (typeof description === 'string' && Array.from(description).length > 140) {
        return refuse(422, 'Validation Failed', ['description is too long (maximum is 140 characters)']);
      }
      const same = of(commit).filter((one) => one.context === context);
      if (same.length >= 1000) {
        return refuse(422, 'Validation Failed', [
          'This SHA and context has reached the maximum number of statuses.',
        ]);
      }
      const status: Status = {
        context: String(context),
        state: String(state),
        description: typeof description === 'string' ? description : null,
        target_url: typeof target_url === 'string' ? target_url : null,
      };
      statuses.set(commit, [status, ...of(commit)]);
      return answer(status, 201);
    },
    combined: (call: Call, commit: string): Reply => {
      const { body } = page(call, latest(commit));
      return answer({ sha: commit, total_count: latest(commit).length, statuses: body });
    },
  };
}

export function environment({ environments }: Surroundings, name: string): Reply {
  const rules = environments[name];
  if (rules === undefined) return refuse(404, 'Not Found');
  const { reviewers, waitMinutes, preventSelfReview = false, restrictsBranches = false } = rules;
  const protection_rules = [
    ...(waitMinutes === undefined ? [] : [{ id: 1, type: 'wait_timer', wait_timer: waitMinutes }]),
    ...(reviewers === undefined
      ? []
      : [
          {
            ...{ id: 2, type: 'required_reviewers', prevent_self_review: preventSelfReview },
            reviewers: reviewers.map((login) => ({ type: 'User', reviewer: { login } })),
          },
        ]),
    ...(restrictsBranches ? [{ id: 3, type: 'branch_policy' }] : []),
  ];
  const deployment_branch_policy = restrictsBranches
    ? { protected_branches: true, custom_branch_policies: false }
    : null;
  return answer({ id: 1, name, protection_rules, deployment_branch_policy });
}

/** A workflow exists when its file is on the default branch. */
export function openWorkflows(git: Git, surroundings: Surroundings, defaultBranch: string) {
  const folder = '.github/workflows/';
  const list = async () => {
    const tip = await git.tip(defaultBranch);
    const paths = tip === undefined ? [] : [...(await git.files(tip)).keys()];
    return paths
      .filter((path) => path.startsWith(folder))
      .map((path, index) => {
        const name = path.slice(folder.length);
        return { id: index + 1, name, path, state: surroundings.workflowStates[name] ?? 'active' };
      });
  };
  const find = async (name: string) =>
    (await list()).find((one) => one.name === name || String(one.id) === name);
  return {
    list: async () => answer({ total_count: (await list()).length, workflows: await list() }),
    async read(name: string): Promise<Reply> {
      const workflow = await find(name);
      return workflow === undefined ? refuse(404, 'Not Found') : answer(workflow);
    },
    async dispatch({ body }: Call, name: string, serverUrl: string): Promise<Reply> {
      const workflow = await find(name);
      if (workflow === undefined) return refuse(404, 'Not Found');
      if (workflow.state !== 'active') return refuse(422, 'Cannot trigger a disabled workflow');
      const ref = String(body.ref);
      if ((await git.tip(ref.replace('refs/heads/', ''))) === undefined)
        return refuse(422, `No ref found for: ${ref}`);
      const inputs = Object.fromEntries(Object.entries(body.inputs ?? {}));
      if (Object.keys(inputs).length > 25) return refuse(422, 'Too many inputs');
      surroundings.onDispatch({ workflow: workflow.name, ref, inputs });
      if (body.return_run_details !== true) return { status: 204 };
      return answer({
        workflow_run_id: 1,
        run_url: `${serverUrl}/run/1`,
        html_url: `${serverUrl}/actions/runs/1`,
      });
    },
  };
}
