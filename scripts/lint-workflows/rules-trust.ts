import type { Problem } from './problem.ts';
import type { Repository } from './repository.ts';
import type { Job, Part, Workflow } from './workflow.ts';

/** Rules about what a workflow may do, and whom it believes (GH 4). */

type Found = Omit<Problem, 'file' | 'rule'>;
export type Rule = (workflow: Workflow, repository: Repository) => Iterable<Found>;

const at = ({ line }: Pick<Part, 'line'>, message: string): Found => ({ line, message });

/** `uses` of steps and of jobs. */
export function usesOf({ jobs }: Workflow): readonly Part[] {
  return jobs.flatMap(({ part, steps }) => [part, ...steps]).flatMap((one) => one.get('uses') ?? []);
}

export const isOwn = (uses: string) => uses.startsWith('$/');

/** A tag can be moved by whoever owns it, `./` is whatever a step before left there (GH 1.4, 4.3). */
export const pinned: Rule = function* (workflow) {
  for (const uses of usesOf(workflow)) {
    const text = String(uses.value);
    if (isOwn(text)) continue;
    if (text.startsWith('./')) {
      yield at(uses, `\`${text}\` is whatever lies in the workspace by then: write $/${text.slice(2)}`);
    } else if (!/^[\w.-]+(\/[\w.-]+)+@[0-9a-f]{40}$/.test(text)) {
      yield at(uses, `\`${text}\` is not pinned: give the whole SHA of a commit`);
    } else if (!/^v\d+\.\d+\.\d+$/.test(uses.comment)) {
      yield at(uses, 'say which version the SHA is, behind it: # v1.2.3');
    }
  }
};

/** Nothing by default; per job what it needs, each with its reason. */
export const permissions: Rule = function* ({ top, jobs }) {
  const all = top.get('permissions');
  if (all === undefined || all.entries.length > 0 || typeof all.value !== 'object') {
    yield at(all ?? { line: 1 }, 'write `permissions: {}` at the top: what no job asks for, none has');
  }
  for (const { id, part } of jobs) {
    const own = part.get('permissions');
    if (own === undefined || own.entries.length === 0) {
      yield at(own ?? part, `job \`${id}\` does not say its permissions one by one`);
      continue;
    }
    for (const [name, permission] of own.entries) {
      if (permission.comment === '') yield at(permission, `say behind \`${name}\` what it is for`);
    }
  }
};

/** The runner puts the value into the script before the shell reads it (GH 4.3). */
export const noExpressionInScripts: Rule = function* ({ jobs }) {
  for (const { steps } of jobs) {
    for (const step of steps) {
      for (const script of [step.get('run'), step.get('with', 'script')]) {
        if (String(script?.value ?? '').includes('${{') && script !== undefined) {
          yield at(
            script,
            'an expression inside a script: whoever writes its value writes the script. Use env',
          );
        }
      }
    }
  }
};

/** With an environment, a role can trust this purpose alone: the branch is every workflow's (GH 4.4). */
export const identity: Rule = function* ({ jobs }) {
  for (const job of jobs) {
    const token = job.part.get('permissions', 'id-token');
    const takesRole = job.steps.find((step) => step.get('with', 'role-arn') !== undefined);
    if (token === undefined && takesRole !== undefined) {
      yield at(takesRole, `job \`${job.id}\` assumes a role without permission \`id-token: write\``);
    }
    // A called workflow has environments of its own.
    if (token === undefined || job.part.get('uses') !== undefined) continue;
    if (environmentOf(job) === '' && !token.comment.startsWith('OIDC without an environment: ')) {
      const how =
        'give it an environment, or say why not behind `id-token`: # OIDC without an environment: ...';
      yield at(token, `any workflow of the branch has the identity of job \`${job.id}\`: ${how}`);
    }
  }
};

/** Name, as it is written; empty without one. */
export function environmentOf({ part }: Job): string {
  const environment = part.get('environment');
  return String(environment?.get('name')?.value ?? environment?.value ?? '');
}

/** A misspelt variable is an empty text, and says nothing (GH 4.4). */
export const knownVariables: Rule = function* ({ top }) {
  for (const { text, line } of top.texts) {
    for (const [, name = ''] of text.matchAll(/\bvars\.(\w+)/g)) {
      if (variables.has(name)) continue;
      yield { line, message: `\`vars.${name}\` is none of ${[...variables].join(', ')}` };
    }
  }
};

const variables: ReadonlySet<string> = new Set([
  ...['AWS_REGION', 'MUSTER_PLAN_ROLE', 'MUSTER_LAUNCH_ROLE', 'MUSTER_WATCH_ROLE', 'MUSTER_IMAGES_ROLE'],
]);
