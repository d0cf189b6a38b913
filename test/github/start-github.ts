import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type PullActs, pullActs, type RepositoryActs, repositoryActs } from './acts.ts';
import { type Call, type Caller, type Permissions, refuse } from './call.ts';
import { openStatuses, openWorkflows, type Status, type Surroundings } from './checks-and-workflows.ts';
import { type Change, type Fault, openFaults, type Watcher } from './faults.ts';
import { type Git, openGit } from './git.ts';
import { openQueue, readCall, send } from './http.ts';
import { perform } from './perform.ts';
import { openPulls } from './pulls.ts';
import type { Rooms } from './routes.ts';
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
export interface GithubUnderTest extends AsyncDisposable, RepositoryActs, PullActs {
  readonly url: string;
  readonly repository: string;
  /** Of a job or an app; keys as in a job's `permissions:` block. */
  token(permissions: Readonly<Record<string, 'read' | 'write'>>): Promise<string>;
  /** Of a person. */
  personal(login: string): string;
  /** Of a commit, newest first, all that were ever written. */
  statuses(commit: string): readonly Status[];
  fault(fault: Fault): void;
  /** Shows every request as it comes. */
  watch(look: Watcher): void;
  /** Answers to these come so many milliseconds later. */
  delay(on: RegExp, milliseconds: number): void;
  /** Changes what is answered, where GitHub would answer what the emulator does not. */
  change(on: RegExp, to: Change): void;
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
  const api = { rooms, upstream, settings };
  const tokens = new Map<string, Caller>(
    people.map((login) => {
      const token = personalToken(login);
      return [token, { kind: 'user', login, token }];
    }),
  );
  const faults = openFaults();
  const requests: string[] = [];
  const oneByOne = openQueue();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = await readCall(request, tokens);
    const below = `${call.method} ${call.path.replace(git.base, '')}`;
    await faults.before(call, below);
    const fault = faults.take(below);
    try {
      const reply =
        fault !== undefined && fault.done !== true
          ? fault.reply
          : faults.change(call, below, await handle(call, below));
      const given = fault?.reply ?? reply;
      requests.push(`${below} ${given === 'lost' ? 'lost' : given.status}`);
      if (given === 'lost') response.destroy();
      else send(response, given);
    } catch (error) {
      send(response, refuse(500, `the model failed: ${error instanceof Error ? error.stack : error}`));
    }
  }

  /** Writes one by one: what GitHub checks and does is one step. */
  const handle = (call: Call, below: string) =>
    call.method === 'GET' ? perform(call, below, api) : oneByOne(() => perform(call, below, api));

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
    ...repositoryActs(git),
    ...pullActs(git, pulls, oneByOne),
    statuses: (commit) => statuses.written(commit),
    fault: faults.add,
    delay: faults.addDelay,
    watch: faults.addWatcher,
    change: faults.addChange,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await upstream.close();
    },
    [Symbol.asyncDispose]: () => github.close(),
  };
  return github;
}
