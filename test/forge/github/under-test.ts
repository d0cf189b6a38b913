import { onTestFinished } from 'vitest';
import type { Forge } from '../../../src/forge/forge.ts';
import { type GithubOptions, openGithub } from '../../../src/forge/github/connection.ts';
import { githubForge } from '../../../src/forge/github.ts';
import { defaultFiles } from '../../contract/forge.ts';
import { type GithubSettings, type GithubUnderTest, startGithub } from '../../github/start-github.ts';

/** What a job that opens and keeps reviews is given, and nothing else. */
export const ofJob = { contents: 'write', 'pull-requests': 'write', statuses: 'write' } as const;

export interface Bench {
  readonly github: GithubUnderTest;
  readonly forge: Forge;
  /** Seconds that were waited, without waiting. */
  readonly waits: readonly number[];
  readonly said: readonly string[];
  /** Another forge of the same repository. */
  open(options?: Partial<GithubOptions>): Promise<Forge>;
  connect(options?: Partial<GithubOptions>): ReturnType<typeof openGithub>;
  /** A branch with a commit of its own. */
  branch(name: string, files?: Readonly<Record<string, string>>): Promise<string>;
  /** Requests since the last look, as `POST /pulls 201`. */
  since(): readonly string[];
}

export async function bench(settings: GithubSettings = {}): Promise<Bench> {
  const github = await startGithub(settings);
  onTestFinished(() => github.close());
  await github.seed(defaultFiles);
  const token = await github.token(ofJob);
  const waits: number[] = [];
  const said: string[] = [];
  let seen = 0;
  const connect = (options: Partial<GithubOptions> = {}) =>
    openGithub({
      ...{ repository: github.repository, token, apiUrl: github.url, serverUrl: github.url },
      wait: async (milliseconds) => void waits.push(milliseconds / 1000),
      say: (line) => void said.push(line),
      ...options,
    });
  const open: Bench['open'] = async (options) => githubForge(await connect(options));
  return {
    ...{ github, waits, said, open, connect, forge: await open() },
    branch: (name, files = { 'results/run.json': name }) => github.seed(files, name),
    since() {
      const news = github.requests.slice(seen);
      seen = github.requests.length;
      return news;
    },
  };
}

export const aReview = (branch: string) =>
  ({ branch, title: 'Run', body: 'Body', version: 1, stage: 'draft' }) as const;
