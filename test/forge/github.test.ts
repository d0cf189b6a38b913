import type { CommitStatus } from '../../src/forge/forge.ts';
import { openGithubForge } from '../../src/forge/github.ts';
import { defaultFiles, describeForge, type ForgeUnderTest } from '../contract/forge.ts';
import type { Status } from '../github/checks-and-workflows.ts';
import { type GithubSettings, startGithub } from '../github/start-github.ts';

/** Exactly what a job that opens and keeps reviews is given. */
const ofJob = { contents: 'write', 'pull-requests': 'write', statuses: 'write' } as const;

const underTest = (settings: GithubSettings, person?: string) => async (): Promise<ForgeUnderTest> => {
  const github = await startGithub(settings);
  await github.seed(defaultFiles);
  const token = person === undefined ? await github.token(ofJob) : github.personal(person);
  return {
    forge: await openGithubForge({ repository: github.repository, token, apiUrl: github.url }),
    merge: (number) => github.merge(number),
    close: (number) => github.edit(number, { state: 'closed' }),
    edit: async (number, change) => {
      const pull = (await github.pulls()).find((one) => one.number === number);
      await github.edit(number, { body: change(pull?.body ?? '') });
    },
    comments: async (number) => (await github.comments(number)).map(({ body }) => body),
    statuses: async (commit) => latest(github.statuses(commit)),
    dispose: () => github.close(),
  };
};

describeForge("GitHub, with exactly a job's permissions,", underTest({}));
describeForge('GitHub, private and without drafts,', underTest({ private: true, drafts: false }));
describeForge('GitHub, with the token of a person,', underTest({}, 'ada'));

const stateNames = ['pending', 'success', 'failure', 'error'] as const;

/** The newest of each context, by name. */
function latest(statuses: readonly Status[]): readonly CommitStatus[] {
  const byContext = new Map(statuses.toReversed().map((status) => [status.context, status]));
  return [...byContext.values()]
    .sort((one, other) => (one.context < other.context ? -1 : 1))
    .map(({ context, state, description, target_url: url }) => ({
      context,
      state: stateNames.find((name) => name === state) ?? 'error',
      description: description ?? '',
      ...(url !== null && { url }),
    }));
}
