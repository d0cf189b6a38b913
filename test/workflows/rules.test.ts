import { describe, expect, it } from 'vitest';
import { judge, rules } from '../../scripts/lint-workflows/rules.ts';
import { bundledRepository, type Fault, withFault, workflow } from './planted.ts';

const expression = `$${'{{ github.head_ref }}'}`;

type Rule = keyof typeof rules;

/** Faults by the rule that names them, in words of behaviour. */
const faults: readonly (readonly [Rule, string, Fault])[] = [
  ['pinned', 'a tag for a SHA', inside('plan', /@[0-9a-f]{40}/, '@v7.0.1')],
  ['pinned', 'a SHA cut short', inside('plan', /@[0-9a-f]{40}/, '@3d3c42e5aac5')],
  ['pinned', 'a SHA without its version', inside('plan', ' # v7.0.1', '')],
  ['pinned', 'an action of the workspace', inside('plan', '$/actions', './actions')],
  [
    'pinned',
    'a workflow by its branch',
    inside('launch', '$/.github/workflows/images.yml', 'a/b/.github/workflows/c.yml@main'),
  ],
  ['permissions', 'permissions by default', inside('cancel', 'permissions: {}\n', '')],
  [
    'permissions',
    'permissions for all jobs',
    inside('cancel', 'permissions: {}', 'permissions:\n  contents: read # all'),
  ],
  ['permissions', 'permissions in one word', inside('cancel', 'permissions: {}', 'permissions: read-all')],
  [
    'permissions',
    'a job without permissions',
    inside('ci', '    permissions:\n      contents: read # the checkout\n', ''),
  ],
  [
    'permissions',
    'all permissions of a job',
    inside('ci', 'permissions:\n      contents: read # the checkout', 'permissions: write-all'),
  ],
  ['permissions', 'a permission without its reason', inside('watch', ' # the progress in each review', '')],
  [
    'no-expression-in-scripts',
    'an expression in a script',
    inside('ci', 'run: .ci/run', `run: .ci/run ${expression}`),
  ],
  [
    'no-expression-in-scripts',
    'an expression in a script of JavaScript',
    inside('ci', '- run: .ci/run', `- with:\n          script: f("${expression}")`),
  ],
  [
    'identity',
    'a token of the branch without a word',
    inside('preflight', 'OIDC without an environment: ', ''),
  ],
  ['identity', 'a job that loses its environment', inside('cancel', / {4}environment:\n.*\n.*\n/, '')],
  ['identity', 'a role without a token for it', inside('cancel', / {6}id-token: write.*\n/, '')],
  [
    'known-variables',
    'a misspelt variable',
    inside('watch', 'vars.MUSTER_WATCH_ROLE }}', 'vars.MUSTER_WACTH_ROLE }}'),
  ],
  [
    'known-variables',
    'a misspelt variable of a condition',
    inside('watch', "if: vars.MUSTER_WATCH_ROLE != ''", "if: vars.MUSTER_ROLE != ''"),
  ],
  ['timeouts', 'no timeout', inside('watch', '    timeout-minutes: 11\n', '')],
  [
    'timeouts',
    'a timeout beyond the small runner',
    inside('watch', 'timeout-minutes: 11', 'timeout-minutes: 15'),
  ],
  ['timeouts', 'a timeout beyond any runner', inside('ci', 'timeout-minutes: 90', 'timeout-minutes: 400')],
  ['runners', 'a runner that moves', inside('ci', 'ubuntu-24.04', 'ubuntu-latest')],
  [
    'runners',
    'an unknown runner of a choice',
    inside('images', "&& 'ubuntu-24.04-arm'", "&& 'ubuntu-24.04-arm64'"),
  ],
  ['concurrency', 'a workflow without a group', inside('plan', /concurrency:\n.*\n.*\n/, '')],
  [
    'concurrency',
    'one job of many without a group',
    inside('images', / {4}concurrency:\n.*images-what\n.*\n/, ''),
  ],
  ['dispatches-are-kept', 'a queue of one for dispatches', inside('cancel', '  queue: max\n', '')],
  [
    'dispatches-are-kept',
    'a queue of one in a job',
    inside('launch', 'group: ensemble-state\n      queue: max', 'group: ensemble-state'),
  ],
  [
    'approvals-keep-nobody-waiting',
    'an approval in the group of all',
    inside('launch', /group: launch-.*/, 'group: ensemble-state'),
  ],
  [
    'approvals-keep-nobody-waiting',
    'an approval by a choice',
    inside('rerun', /group: rerun-.*/, 'group: ensemble-state'),
  ],
  [
    'approvals-keep-nobody-waiting',
    'an approval in a job of a group',
    inside(
      'launch',
      '    # Its reviewers see',
      '    concurrency: { group: ensemble-state, queue: max }\n    # Its reviewers see',
    ),
  ],
  ['no-deployments', 'an environment that records', inside('watch', '      deployment: false\n', '')],
  [
    'no-deployments',
    'an environment by its name alone',
    inside('watch', 'environment:\n      name: watch\n      deployment: false', 'environment: watch'),
  ],
  ['odd-minutes', 'the full hour', inside('watch', '3-59/10', '0')],
  ['odd-minutes', 'every ten minutes from the full hour', inside('watch', '3-59/10', '*/10')],
  [
    'targets',
    'an action that is not there',
    inside('cancel', '$/actions/cancel-ensemble', '$/actions/cancel'),
  ],
  [
    'targets',
    'a workflow that is not there',
    inside('launch', 'workflows/images.yml', 'workflows/image.yml'),
  ],
  ['inputs', 'a misspelt input', inside('cancel', 'reason: ${{', 'reasons: ${{')],
  ['inputs', 'an input left out', inside('cancel', / {10}run: .*\n/, '')],
  [
    'outputs',
    'a misspelt output of a step',
    inside('watch', 'steps.poll.outputs.ended', 'steps.poll.outputs.end'),
  ],
  ['outputs', 'an output of no step', inside('watch', 'steps.poll.outputs', 'steps.pol.outputs')],
  [
    'outputs',
    'a misspelt output of a job',
    inside('launch', "needs.what.outputs.images != '[]'", "needs.what.outputs.image != '[]'"),
  ],
  [
    'outputs',
    'an output of a job that is not needed',
    inside('launch', 'needs: [what, images, preflight]', 'needs: [images, preflight]'),
  ],
  [
    'described-inputs',
    'an input that says nothing',
    inside('cancel', / {8}description: The whole id.*\n/, ''),
  ],
  ['described-inputs', 'an input without a type', inside('cancel', '        type: string\n', '')],
  [
    'described-inputs',
    'an input of a call that says nothing',
    inside('images', / {8}description: Folders of docker\/, as a JSON.*\n/, ''),
  ],
  ['says-what-it-does', 'a file that starts at once', inside('cancel', /^#.*\n#.*\n/, '')],
];

function inside(name: string, from: Fault['from'], to: string): Fault {
  return { file: workflow(name), from, to };
}

describe('the rules of workflows', () => {
  it('find nothing in ours', () => expect(judge(bundledRepository)).toEqual([]));

  it.each(faults)('`%s` finds %s', (rule, _, fault) => {
    const found = judge(withFault(fault));
    expect(found.map((one) => `${one.rule} ${one.file}`)).toContain(`${rule} ${fault.file}`);
  });

  it('are each shown by a fault', () => {
    const shown = new Set(faults.map(([rule]) => rule));
    expect(Object.keys(rules).filter((rule) => !shown.has(rule as Rule))).toEqual([]); // keys of `rules`
  });

  it('name the line of the fault', () => {
    const [found] = judge(withFault(inside('watch', 'timeout-minutes: 11', 'timeout-minutes: 15')));
    const line = bundledRepository.workflows.find(({ path }) => path === workflow('watch'));
    const lines = line?.text.split('\n') ?? [];
    expect(lines[(found?.line ?? 0) - 1]).toContain('timeout-minutes: 11');
  });

  it('say of an action without a bundle how to get one', () => {
    const actions = new Map(bundledRepository.actions);
    const cancel = actions.get('actions/cancel-ensemble');
    if (cancel === undefined) throw new Error('no such action');
    actions.set('actions/cancel-ensemble', { ...cancel, hasMain: false });
    const [found] = judge({ ...bundledRepository, actions });
    expect(found?.message).toBe('actions/cancel-ensemble/dist/index.mjs is not there: npm run build');
  });
});
