import type { Problem } from './problem.ts';
import type { Repository } from './repository.ts';
import * as flow from './rules-flow.ts';
import * as trust from './rules-trust.ts';
import * as use from './rules-use.ts';

/** Ours, by the name that a finding bears: what GitHub's language service, zizmor and actionlint do not see. */
export const rules = {
  pinned: trust.pinned,
  permissions: trust.permissions,
  'no-expression-in-scripts': trust.noExpressionInScripts,
  identity: trust.identity,
  'known-variables': trust.knownVariables,
  timeouts: flow.timeouts,
  runners: flow.runners,
  concurrency: flow.concurrency,
  'dispatches-are-kept': flow.dispatchesAreKept,
  'approvals-keep-nobody-waiting': flow.approvalsKeepNobodyWaiting,
  'no-deployments': flow.noDeployments,
  'odd-minutes': flow.oddMinutes,
  targets: use.targets,
  inputs: use.inputs,
  outputs: use.outputs,
  'described-inputs': use.describedInputs,
  'says-what-it-does': use.saysWhatItDoes,
} as const satisfies Record<string, trust.Rule>;

export function judge(repository: Repository): readonly Problem[] {
  return repository.workflows.flatMap((workflow) =>
    Object.entries(rules).flatMap(([rule, find]) =>
      [...find(workflow, repository)].map((found) => ({ ...found, rule, file: workflow.path })),
    ),
  );
}
