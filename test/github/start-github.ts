import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Call, type Caller, type Permissions, type Reply, refuse } from './call.ts';
import { openStatuses, openWorkflows, type Status, type Surroundings } from './checks-and-workflows.ts';
import { type Fault, openFaults } from './faults.ts';
import { type Git, openGit } from './git.ts';
import { refusePermission } from './permissions.ts';
import { openPulls, type PullRequest } from './pulls.ts';
import { graphql, type Rooms, route } from './routes.ts';
import { personalToken, startUpstream } from './upstream.ts';

export interface GithubSettings extends Partial<Surroundings> {
  /** `owner/name`; `lab/grids` unless said. */
  readonly repository?: string;
  readonly private?: boolean;
  /** Whether the plan has draft pull requests; those of private repositories on free plans have not. */
  readonly drafts?: boolean;
  /** "Allow GitHub Actions to create and approve pull requests"; on unless said. */
  readonly mayCreatePulls?: boolean;
  readonly archived?: boolean;
  /** Branches that a ruleset closes. */
  readonly protectedBranches?: RegExp;
  /** Who has a personal token. */
  readonly people?: readonly string[];
}

/**
 * One repository on a GitHub over HTTP, for this process and its children: `url` is the root of the API and of the
 * pages. The emulator (GH 8.3) does what it does well; the rest is modelled here, as GitHub documents it.
 */
export interface GithubUnderTest extends AsyncDisposable {
  readonly url: string;
  readonly repository: string;
  /** Of a job or an app; keys as in a job's `permissions:` block. */
  token(permissions: Readonly<Record<string, 'read' | 'write'>>): Promise<string>;
  /** Of a person. */
  personal(login: string): string;
  /** A commit on a branch (`main` unless said); `null` deletes. */
  seed(files: Readonly<Record<string, string | null>>, branch?: string): Promise<string>;
  /** All files of a branch, as text. */
  tree(branch: string): Promise<Readonly<Record<string, string>>>;
  pulls(): Promise<readonly PullRequest[]>;
  comments(number: number): Promise<readonly { readonly login: string; readonly body: string }[]>;
  /** Of a commit, newest first, all that were ever written. */
  statuses(commit: string): readonly Status[];
  /** A person merges, also a draft. */
  merge(number: number, method?: 'merge' | 'squash'): Promise<void>;
  /** A person edits or closes. */
  edit(
    number: number,
    changes: { readonly body?: string; readonly state?: 'open' | 'closed' },
  ): Promise<void>;
  fault(fault: Fault): void;
  /** Shows every request as it comes. */
  watch(look: (call: Call) => void): void;
  /** Answers to these come so many milliseconds later. */
  delay(on: RegExp, milliseconds: number): void;
  /** Changes what is answered, where GitHub would answer what the emulator does not. */
  change(on: RegExp, to: (call: Call, body: object) => object): void;
  /** `POST /pulls 201`, below the repository, in their order. */
  readonly requests: readonly string[];
  readonly git: Git;
  close(): Promise<void>;
}

export async function startGithub(settings: GithubSettings = {}): Promise<GithubUnderTest> {
  const { repository = 'lab/grids', people = ['ada', 'bob'] } = settings;
  const [owner = '', name = ''] = repository.split('/');
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const hidden = settings.private === true;
  const upstream = await startUpstream({ owner, name, private: hidden, people, publicUrl: url });
  const git = openGit(upstream, repository);
  const surroundings: Surroundings = {
    environments: {},
    workflowStates: {},
    onDispatch: () => {},
    ...settings,
  };
  const mayCreate = settings.mayCreatePulls ?? true;
  const pulls = openPulls(git, owner, { mayCreate, drafts: settings.drafts ?? true });
  const statuses = openStatuses(git);
  const rooms: Rooms = {
    ...{ git, pulls, statuses, surroundings, serverUrl: url },
    workflows: openWorkflows(git, surroundings, 'main'),
    mayCreatePulls: () => mayCreate,
    isProtected: (branch) => settings.protectedBranches?.test(branch) === true,
  };
  const tokens = new Map<string, Caller>(
    people.map((login) => {
      const token = personalToken(login);
      return [token, { kind: 'user', login, token }];
    }),
  );
  const faults = openFaults();
  const requests: string[] = [];
  const watchers: ((call: Call) => void)[] = [];
  const delays: { readonly on: RegExp; readonly milliseconds: number }[] = [];
  const changes: { readonly on: RegExp; readonly to: (call: Call, body: object) => object }[] = [];
  const oneByOne = openQueue();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request, tokens);
    const below = `${call.method} ${call.path.replace(git.base, '')}`;
    for (const look of watchers) look(call);
    const delay = delays.find(({ on }) => on.test(below));
    if (delay !== undefined) await sleep(delay.milliseconds);
    const fault = faults.take(below);
    try {
      const reply = fault !== undefined && fault.done !== true ? fault.reply : await changed(call, below);
      const given = fault?.reply ?? reply;
      requests.push(`${below} ${given === 'lost' ? 'lost' : given.status}`);
      if (given === 'lost') response.destroy();
      else send(response, given);
    } catch (error) {
      send(response, refuse(500, `the model failed: ${error instanceof Error ? error.stack : error}`));
    }
  }

  /** What the model and the emulator answer, as the test wants it. */
  async function changed(call: Call, below: string): Promise<Reply | Raw> {
    const reply = await handle(call, below);
    const change = reply.status < 300 ? changes.find(({ on }) => on.test(below)) : undefined;
    if (change === undefined) return reply;
    const body: unknown = 'bytes' in reply ? JSON.parse(reply.bytes.toString()) : reply.body;
    return { status: reply.status, body: change.to(call, Object(body)) };
  }

  /** Writes one by one: what GitHub checks and does is one step. */
  const handle = (call: Call, below: string) =>
    call.method === 'GET' ? perform(call, below) : oneByOne(() => perform(call, below));

  async function perform(call: Call, below: string): Promise<Reply | Raw> {
    const { caller, path } = call;
    if (caller.kind === 'nobody') {
      if (call.headers.authorization !== undefined) return refuse(401, 'Bad credentials');
      if (hidden) return refuse(404, 'Not Found');
    }
    if (path === '/graphql') return graphql(call, rooms);
    if (path === '/user' && caller.kind === 'app')
      return refuse(403, 'Resource not accessible by integration');
    if (settings.archived === true && call.method !== 'GET') {
      return refuse(403, 'Repository was archived so is read-only.');
    }
    const refused = refusePermission(call, below) ?? (await route(call, below, rooms));
    if (refused !== undefined) return refused;
    return forward(call, below);
  }

  async function forward(call: Call, below: string): Promise<Reply | Raw> {
    // The emulator wants more for labels than GitHub does; what GitHub wants was checked.
    const asAdmin = /^\w+ \/(issues\/\d+\/)?labels/.test(below);
    const token = asAdmin || call.caller.kind === 'nobody' ? upstream.admin : call.caller.token;
    const { draft, ...rest } = call.body;
    const body = call.method === 'PATCH' ? rest : { ...rest, ...(draft !== undefined && { draft }) };
    const bodied = call.method === 'GET' ? undefined : body;
    const reply = await upstream.send(call.method, call.rawPath, token, bodied, call.headers.accept);
    if (/^(GET|POST|PATCH) \/pulls(\/\d+)?$/.test(below) && reply.status < 300) {
      return { status: reply.status, body: await pulls.decorate(JSON.parse(reply.bytes.toString())) };
    }
    if (below === 'GET ' && reply.status === 200) {
      const repo: object = JSON.parse(reply.bytes.toString());
      return { status: 200, body: { ...repo, archived: settings.archived === true } };
    }
    const { 'content-type': type = 'application/json', link } = reply.headers;
    return {
      status: reply.status,
      headers: { 'content-type': type, ...(link !== undefined && { link }) },
      bytes: reply.bytes,
    };
  }

  const github: GithubUnderTest = {
    ...{ url, repository, git, requests },
    async token(permissions) {
      const entries = Object.entries(permissions).map(
        ([key, level]) => [key.replaceAll('-', '_'), level] as const,
      );
      const held: Permissions = { ...Object.fromEntries(entries), metadata: 'read' };
      const token = await upstream.mint(held);
      tokens.set(token, { kind: 'app', permissions: held, token });
      return token;
    },
    personal: (login) => {
      if (!people.includes(login)) throw new Error(`${login} has no token`);
      return personalToken(login);
    },
    async seed(files, branch = 'main') {
      const tip = await git.tip(branch);
      const main = tip ?? (await git.tip('main'));
      if (main === undefined) throw new Error('an empty repository');
      const changes = new Map(
        Object.entries(files).map(([path, content]) => [
          path,
          content === null ? { sha: null } : { content },
        ]),
      );
      const commit = await git.commit([main], changes, 'Seed');
      if (tip === undefined) await git.ask('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: commit });
      else await git.move(branch, commit);
      return commit;
    },
    async tree(branch) {
      const tip = await git.tip(branch);
      const files = tip === undefined ? [] : [...(await git.files(tip))];
      return Object.fromEntries(
        await Promise.all(
          files.map(async ([path, sha]) => [path, (await git.read(sha)).toString()] as const),
        ),
      );
    },
    pulls: () => pulls.all(),
    async comments(number) {
      const found: { login: string; body: string }[] = [];
      for (let page = 1; ; page += 1) {
        const list = commentList.parse(
          await git.ask('GET', `/issues/${number}/comments?per_page=100&page=${page}`),
        );
        found.push(...list.map(({ user, body }) => ({ login: user.login, body })));
        if (list.length < 100) return found;
      }
    },
    statuses: (commit) => statuses.written(commit),
    async merge(number, method = 'merge') {
      const pull = (await pulls.all()).find((one) => one.number === number);
      if (pull?.draft === true) await pulls.setDraft(pull.node_id, false);
      const call = { ...emptyCall, body: { merge_method: method } };
      const reply = await oneByOne(() => pulls.merge(call, number));
      if (reply.status !== 200) throw new Error(`not merged: ${JSON.stringify(reply.body)}`);
    },
    async edit(number, changes) {
      await git.ask('PATCH', `/pulls/${number}`, changes);
    },
    fault: (fault) => faults.add(fault),
    delay: (on, milliseconds) => void delays.push({ on, milliseconds }),
    watch: (look) => void watchers.push(look),
    change: (on, to) => void changes.push({ on, to }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await upstream.close();
    },
    [Symbol.asyncDispose]: () => github.close(),
  };
  return github;
}

const commentList = z.array(z.object({ body: z.string(), user: z.object({ login: z.string() }) }));

const emptyCall: Call = {
  ...{ method: 'PUT', path: '', rawPath: '', query: new URLSearchParams(), headers: {}, body: {} },
  caller: { kind: 'nobody' },
};

/** Bytes of the emulator's, as they are. */
interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

async function readCall(request: IncomingMessage, tokens: ReadonlyMap<string, Caller>): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url ?? '/', 'http://model');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const),
  );
  const token = headers.authorization?.replace(/^(bearer|token) /i, '') ?? '';
  const text = Buffer.concat(chunks).toString();
  return {
    method: request.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    rawPath: url.pathname + url.search,
    query: url.searchParams,
    headers,
    body: text === '' ? {} : JSON.parse(text),
    caller: tokens.get(token) ?? { kind: 'nobody' },
  };
}

function send(response: ServerResponse, reply: Reply | Raw): void {
  const headers = { 'content-type': 'application/json', 'x-github-request-id': 'MODEL:1', ...reply.headers };
  response.writeHead(reply.status, headers);
  if ('bytes' in reply) response.end(reply.status === 204 ? undefined : reply.bytes);
  else response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
}

function openQueue(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const next = last.then(action, action);
    last = next.catch(() => undefined);
    return next;
  };
}
