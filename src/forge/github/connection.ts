import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { decideWait, type Refusal, type Wait } from './limits.ts';
import { graphqlTypes, isRefusal, readRefusal } from './read-refusal.ts';
import { refusalError } from './refusal.ts';

export interface GithubOptions {
  /** `owner/name`. */
  readonly repository: string;
  /** Or what finds it when the first request is made, and throws where there is none. */
  readonly token: string | (() => string);
  /** Of the REST API; `https://api.github.com` without it. */
  readonly apiUrl?: string;
  /** Where people go; `https://github.com` without it. */
  readonly serverUrl?: string;
  /** The token belongs to a pull request from a fork: refusals say so. */
  readonly readOnly?: boolean;
  /** Told once per wait. */
  readonly say?: (line: string) => void;
  /** Seconds that all waits of this connection may last together. */
  readonly patience?: number;
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/** Parameters of a route; those not in its path go into the query or the body. */
export type Parameters = Readonly<Record<string, unknown>>;

export interface Request<T> {
  /** After "cannot", for the words of a refusal: `open a pull request`. */
  readonly doing: string;
  /** `GET /repos/{owner}/{repo}/pulls`; owner and repository are filled in. */
  readonly route: string;
  readonly parameters?: Parameters;
  readonly answer: z.ZodType<T>;
  /** Not sent again where nobody knows whether it was done: it starts something. */
  readonly once?: boolean;
}

export type Answer<T> =
  | { readonly status: 'ok'; readonly data: T }
  | { readonly status: number; readonly refusal: Refusal; readonly error: Error };

/** One repository on GitHub, asked with one token. */
export interface Github {
  readonly repository: string;
  readonly owner: string;
  /** Where people go, without a slash at its end. */
  readonly serverUrl: string;
  /** Refusals become `RemoteError`, limits and trouble are waited for. */
  ask<T>(request: Request<T>): Promise<T>;
  /** The same, with refusals of these statuses as answers. */
  tryAsk<T>(request: Request<T>, expected: readonly number[]): Promise<Answer<T>>;
  /** All pages of a list. */
  pages<T>(request: Request<T[]>): AsyncGenerator<T[], void, undefined>;
  /** A change that REST does not have. Refusals come as their GraphQL types (`FORBIDDEN`, ...). */
  mutate(doing: string, query: string, variables: Parameters): Promise<Mutation>;
}

export type Mutation =
  | { readonly done: true }
  | { readonly done: false; readonly types: readonly string[]; readonly error: Error };

const perPage = 100;
/** Answers keep the shape they had then [MEM]. */
const apiVersion = '2022-11-28';
/** Milliseconds. */
const answerTimeout = 60_000;
/** Seconds: a job on the small runner lives 12 minutes, and has work of its own. */
const defaultPatience = 240;

/** Loads Octokit (20 KB of the bundle) when it is needed. Asks nothing yet. */
export async function openGithub(options: GithubOptions): Promise<Github> {
  const { Octokit } = await import('@octokit/core');
  const apiUrl = (options.apiUrl ?? 'https://api.github.com').replace(/\/$/, '');
  const serverUrl = (options.serverUrl ?? 'https://github.com').replace(/\/$/, '');
  const { repository } = options;
  const [owner = '', repo = ''] = repository.split('/');
  // Silent: what it would say, our errors say.
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const octokit = new Octokit({ baseUrl: apiUrl, userAgent: 'muster', log: quiet });
  const budget = openBudget(options);
  const token = () => (typeof options.token === 'string' ? options.token : options.token());
  octokit.hook.wrap('request', async (request, parameters) => {
    const ours = { authorization: `token ${token()}`, 'x-github-api-version': apiVersion };
    const headers = { ...parameters.headers, ...ours };
    for (let attempt = 0; ; attempt += 1) {
      const signal = AbortSignal.timeout(answerTimeout);
      try {
        return await request({ ...parameters, headers, request: { ...parameters.request, signal } });
      } catch (error) {
        if (!isRefusal(error)) throw error;
        const wait = decideWait(readRefusal(error), attempt, Date.now());
        const unsure = wait?.why === 'trouble' && parameters.request.once === true;
        if (wait === undefined || unsure || !(await budget.spend(wait))) throw error;
      }
    }
  });

  const send = async <T>({ route, parameters, answer, once }: Request<T>): Promise<T> => {
    const sent = { owner, repo, ...parameters, request: { once } };
    const { data }: { data: unknown } = await octokit.request(route, sent);
    return answer.parse(data);
  };
  const inWords = async (doing: string, route: string, refusal: Refusal, cause: unknown) => {
    const archived = refusal.status === 403 && !route.startsWith('GET') && (await isArchived());
    const readOnly = options.readOnly === true;
    return refusalError({ doing, route, repository, serverUrl, apiUrl, readOnly, archived }, refusal, cause);
  };
  const isArchived = async () => {
    const { data }: { data: unknown } = await octokit
      .request('GET /repos/{owner}/{repo}', { owner, repo })
      .catch(() => ({ data: undefined }));
    return typeof data === 'object' && data !== null && 'archived' in data && data.archived === true;
  };
  const tryAsk: Github['tryAsk'] = async (request, expected) => {
    try {
      return { status: 'ok', data: await send(request) };
    } catch (cause) {
      if (!isRefusal(cause)) throw cause;
      const refusal = readRefusal(cause);
      const error = await inWords(request.doing, request.route, refusal, cause);
      if (refusal.status === undefined || !expected.includes(refusal.status)) throw error;
      return { status: refusal.status, refusal, error };
    }
  };
  const ask: Github['ask'] = async (request) => {
    const answer = await tryAsk(request, []);
    if (answer.status === 'ok') return answer.data;
    throw answer.error;
  };
  return {
    repository,
    owner,
    serverUrl,
    ask,
    tryAsk,
    async *pages(request) {
      for (let page = 1; ; page += 1) {
        const parameters = { per_page: perPage, ...request.parameters, page };
        const items = await ask({ ...request, parameters });
        yield items;
        if (items.length < perPage) return;
      }
    },
    async mutate(doing, query, variables) {
      try {
        await octokit.graphql(query, variables);
        return { done: true };
      } catch (cause) {
        const types = graphqlTypes(cause);
        if (types === undefined && !isRefusal(cause)) throw cause;
        const said = readRefusal(cause);
        const refusal = types?.includes('FORBIDDEN') === true ? { ...said, status: 403 } : said;
        const error = await inWords(doing, 'POST /graphql', refusal, cause);
        return { done: false, types: types ?? [], error };
      }
    },
  };
}

/** What may still be waited, over all requests of a connection. */
function openBudget({ say, patience, wait = sleep }: GithubOptions): {
  spend(one: Wait): Promise<boolean>;
} {
  let left = patience ?? defaultPatience;
  return {
    async spend({ why, seconds }) {
      if (seconds > left) return false;
      left -= seconds;
      const reason = why === 'trouble' ? 'has trouble' : `asks for a pause (${why})`;
      say?.(`GitHub ${reason}: trying again in ${seconds} s`);
      await wait(seconds * 1000);
      return true;
    },
  };
}
