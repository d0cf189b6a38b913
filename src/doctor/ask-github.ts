import { z } from 'zod';
import type { Answer } from '../aws/answer.ts';
import { RemoteError } from '../errors.ts';
import { openGithub } from '../forge/github/connection.ts';
import { limitOf } from '../forge/github/limits.ts';

export interface GithubAccess {
  readonly token: string;
  /** Of the API, where it is not GitHub's own: `GITHUB_API_URL`. */
  readonly api?: string;
  /** Where people go: `GITHUB_SERVER_URL`, or GitHub's own. */
  readonly server: string;
  readonly owner: string;
  readonly name: string;
}

export interface AskGithub {
  /** @param path below the repository; empty: the repository itself. */
  one<T>(path: string, answer: z.ZodType<T>): Promise<Answer<T>>;
  /** A list to its end. */
  all<T>(path: string, page: z.ZodType<Page<T>>): Promise<Answer<readonly T[]>>;
}

interface Page<T> {
  /** Of all pages together. */
  readonly total: number;
  readonly items: readonly T[];
}

/** The list that GitHub calls `key`, with the number that goes with it. */
export const pageOf = <Item extends z.ZodType>(key: string, item: Item) =>
  z.preprocess(
    (told) => {
      const page = new Map(Object.entries(z.looseObject({}).catch({}).parse(told)));
      return { total: page.get('total_count'), items: page.get(key) };
    },
    z.object({ total: z.number(), items: z.array(item) }),
  );

/** Seconds: whoever looks at a machine does not wait for the limits of a token to pass. */
const patience = 5;

/** A refused question is answered with the reason; a bug of ours is thrown. */
export async function askGithub({ token, api, server, owner, name }: GithubAccess): Promise<AskGithub> {
  const connection = { repository: `${owner}/${name}`, token, serverUrl: server, patience };
  const github = await openGithub({ ...connection, ...(api !== undefined && { apiUrl: api }) });
  const settings = `${github.serverUrl}/${owner}/${name}/settings`;

  const ask = async <T>(path: string, answer: z.ZodType<T>, parameters = {}): Promise<Answer<T>> => {
    const below = path === '' ? '' : `/${path}`;
    const action = `GET /repos/${owner}/${name}${below}`;
    try {
      const request = { doing: 'look', route: `GET /repos/{owner}/{repo}${below}`, parameters, answer };
      const told = await github.tryAsk(request, [401, 403, 404]);
      if (told.status === 'ok') return { known: true, value: told.data };
      const isDenied = told.status !== 401 && limitOf(told.refusal) === undefined;
      return { known: false, action, why: isDenied ? denied(told.status, settings) : told.error.message };
    } catch (error) {
      if (error instanceof RemoteError) return { known: false, action, why: error.message };
      if (!(error instanceof z.ZodError)) throw error;
      return { known: false, action, why: 'GitHub answered something else than it documents' };
    }
  };
  return {
    one: ask,
    async all(path, schema) {
      // GitHub gives as many as the list allows: 30 variables, 100 of anything else [MEM].
      const perPage = 100;
      const items = [];
      for (let page = 1; ; page += 1) {
        const told = await ask(path, schema, { per_page: perPage, page });
        if (!told.known) return told;
        items.push(...told.value.items);
        if (told.value.items.length === 0 || items.length >= told.value.total) {
          return { known: true, value: items };
        }
      }
    },
  };
}

const denied = (status: number, settings: string) =>
  `the token may not see it, which takes an administrator of the repository (HTTP ${status}). Look yourself: ${settings}/actions`;
