import type { Answer } from '../aws/answer.ts';
import { doctorCodes } from '../doctor/codes.ts';
import { RemoteError } from '../errors.ts';
import type { Github } from '../forge/github/connection.ts';
import {
  type Protection,
  protectionOf,
  type WorkflowState,
  workflowState,
} from '../forge/github/workflows.ts';
import { checked, findingsOf, type Verdict, verdictOn } from '../preflight/codes.ts';
import type { Check } from '../preflight/finding.ts';

const finding = findingsOf(doctorCodes);
const group = 'repository';

/** What workflows count on in their own repository, as far as the token of a job may look. */
export async function checkRepository(
  github: Github,
  environments: readonly string[],
  watchWorkflow: string,
): Promise<readonly Check[]> {
  const protections = await Promise.all(
    environments.map(async (name) => [name, await answerOf(() => protectionOf(github, name))] as const),
  );
  const state = await answerOf(() => workflowState(github, watchWorkflow));
  return [
    checked(
      { group, check: 'environments', title: 'Environments of the workflows exist' },
      protections.map(([name, protection]) => judgeEnvironment(github.repository, name, protection)),
    ),
    checked({ group, check: 'watch', title: 'The watch workflow is active' }, [
      judgeWatch(github.repository, watchWorkflow, state),
    ]),
  ];
}

function judgeEnvironment(repository: string, name: string, protection: Answer<Protection>): Verdict {
  return verdictOn(protection, ({ environment }) => {
    if (environment === 'there') return [];
    const fix = `gh api --method PUT repos/${repository}/environments/${name}`;
    return [
      finding('github-environment-missing', { about: `environment ${name}`, seen: 'there is none', fix }),
    ];
  });
}

function judgeWatch(repository: string, file: string, state: Answer<WorkflowState>): Verdict {
  return verdictOn(state, (known) => {
    const about = `.github/workflows/${file}`;
    if (known === 'active') return [];
    if (known === 'missing') {
      const { fix } = doctorCodes['watch-missing'];
      return [finding('watch-missing', { about, seen: 'the default branch has no such workflow', fix })];
    }
    const fix = `gh workflow enable ${file} --repo ${repository}`;
    return [finding('watch-inactive', { about, seen: `its state is ${known}`, fix })];
  });
}

/** A refused question leaves its check undone. */
async function answerOf<T>(ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { known: true, value: await ask() };
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return { known: false, action: `GitHub: ${error.operation}`, why: error.message };
  }
}
