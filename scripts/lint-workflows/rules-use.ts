import type { Action, Repository } from './repository.ts';
import { isOwn, type Rule, usesOf } from './rules-trust.ts';
import type { Job, Part } from './workflow.ts';

/** Rules about what workflows use of actions and of each other; GitHub's service checks only part of it (GH 8.2). */

const at = ({ line }: Pick<Part, 'line'>, message: string) => ({ line, message });

/** `$/actions/x` as the folder of an action. */
const folderOf = (uses: string) => uses.slice(2).replace(/\/$/, '');

export const targets: Rule = function* (workflow, { actions, workflows }) {
  for (const uses of usesOf(workflow)) {
    const text = String(uses.value);
    if (!isOwn(text)) continue;
    const folder = folderOf(text);
    if (workflows.some(({ path }) => path === folder)) continue;
    const action = actions.get(folder);
    if (action === undefined) yield at(uses, `there is no ${folder}/action.yml, and no such workflow`);
    else if (!action.hasMain) yield at(uses, `${folder}/${action.main} is not there: npm run build`);
  }
};

export const inputs: Rule = function* ({ jobs }, { actions }) {
  for (const step of jobs.flatMap(({ steps }) => steps)) {
    const action = actionOf(step, actions);
    if (action === undefined) continue;
    const given = new Map(step.get('with')?.entries ?? []);
    for (const [name, part] of given) {
      if (!action.inputs.has(name)) yield at(part, `the action has no input \`${name}\``);
    }
    for (const [name, { required }] of action.inputs) {
      if (required && !given.has(name)) yield at(step, `input \`${name}\` is missing`);
    }
  }
};

function actionOf(step: Part, actions: Repository['actions']): Action | undefined {
  const uses = String(step.get('uses')?.value ?? '');
  return isOwn(uses) ? actions.get(folderOf(uses)) : undefined;
}

/** A misspelt output is an empty text: whatever is compared with it holds, or never does. */
export const outputs: Rule = function* ({ jobs }, { actions }) {
  for (const job of jobs) {
    yield* stepOutputs(job, actions);
    yield* jobOutputs(job, jobs);
  }
};

function* stepOutputs({ part, steps }: Job, actions: Repository['actions']) {
  const known = new Map(steps.map((step) => [step.get('id')?.value, actionOf(step, actions)]));
  for (const { text, line } of part.texts) {
    for (const [, id = '', output = ''] of text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      if (!known.has(id)) yield { line, message: `no step of this job has id \`${id}\`` };
      else if (known.get(id)?.outputs.has(output) === false) {
        yield { line, message: `the action of step \`${id}\` has no output \`${output}\`` };
      }
    }
  }
}

function* jobOutputs({ id, part }: Job, jobs: readonly Job[]) {
  const needs = part.get('needs');
  const needed = new Set([needs?.value, ...(needs?.items ?? []).map(({ value }) => value)]);
  for (const { text, line } of part.texts) {
    for (const [, other = '', output] of text.matchAll(/\bneeds\.([\w-]+)\.(?:result|outputs\.([\w-]+))/g)) {
      const job = jobs.find((one) => one.id === other);
      if (!needed.has(other)) yield { line, message: `job \`${id}\` does not need \`${other}\`` };
      else if (output !== undefined && job?.part.get('outputs', output) === undefined) {
        yield { line, message: `job \`${other}\` has no output \`${output}\`` };
      }
    }
  }
}

/** What people see in the form of "Run workflow". */
export const describedInputs: Rule = function* ({ top }) {
  for (const event of ['workflow_dispatch', 'workflow_call']) {
    for (const [name, input] of top.get('on', event, 'inputs')?.entries ?? []) {
      const says = String(input.get('description')?.value ?? '');
      if (says === '') yield at(input, `input \`${name}\` does not say what it is`);
      if (input.get('type') === undefined) yield at(input, `input \`${name}\` has no type`);
    }
  }
};

/** Whoever opens the file reads what it does before how. */
export const saysWhatItDoes: Rule = function* ({ text }) {
  if (!/^# .{20,}\n# .{20,}\n[^#]/.test(text)) {
    yield { line: 1, message: 'say in two lines at the top what this workflow does' };
  }
};
