import { z } from 'zod';
import { answer, type Call, type Reply, refuse } from './call.ts';
import type { openStatuses, openWorkflows, Surroundings } from './checks-and-workflows.ts';
import { environment as readEnvironment } from './checks-and-workflows.ts';
import type { Git } from './git.ts';
import { holds } from './permissions.ts';
import { isTooLong, type Pulls } from './pulls.ts';

export interface Rooms {
  readonly git: Git;
  readonly pulls: Pulls;
  readonly statuses: ReturnType<typeof openStatuses>;
  readonly workflows: ReturnType<typeof openWorkflows>;
  readonly surroundings: Surroundings;
  readonly serverUrl: string;
  readonly mayCreatePulls: () => boolean;
  /** Branches that a ruleset closes to everybody. */
  readonly isProtected: (branch: string) => boolean;
}

type Route = readonly [
  request: RegExp,
  handle: (call: Call, rooms: Rooms, ...parts: string[]) => Promise<Reply | undefined> | Reply | undefined,
];

/** What the model answers itself; `undefined` leaves a request to the emulator. */
const routes: readonly Route[] = [
  [/^POST \/pulls$/, (call, { pulls }) => pulls.create(call)],
  [/^PUT \/pulls\/(\d+)\/merge$/, (call, { pulls }, number) => pulls.merge(call, Number(number))],
  [/^GET \/pulls\/(\d+)\/files$/, (call, { pulls }, number) => pulls.files(call, Number(number))],
  [/^PATCH \/pulls\/\d+$/, (call) => refuseLong(call)],
  [/^(POST|PATCH) \/issues\/.*comments/, (call) => refuseLong(call)],
  [/^PATCH \/git\/refs\/heads\/(.+)$/, (_, rooms, branch = '') => refuseProtected(rooms, branch)],
  [
    /^POST \/git\/refs$/,
    ({ body }, rooms) => refuseProtected(rooms, String(body.ref).replace('refs/heads/', '')),
  ],
  [/^POST \/statuses\/(\w+)$/, (call, { statuses }, commit = '') => statuses.create(call, commit)],
  [/^GET \/commits\/(\w+)\/status$/, (call, { statuses }, commit = '') => statuses.combined(call, commit)],
  [/^GET \/environments\/(.+)$/, (_, { surroundings }, name = '') => readEnvironment(surroundings, name)],
  [/^GET \/actions\/workflows$/, (_, { workflows }) => workflows.list()],
  [/^GET \/actions\/workflows\/([^/]+)$/, (_, { workflows }, name = '') => workflows.read(name)],
  [
    /^POST \/actions\/workflows\/([^/]+)\/dispatches$/,
    (call, { workflows, serverUrl }, name = '') => workflows.dispatch(call, name, serverUrl),
  ],
  [
    /^GET \/actions\/permissions\/workflow$/,
    (_, { mayCreatePulls }) =>
      answer({ default_workflow_permissions: 'read', can_approve_pull_request_reviews: mayCreatePulls() }),
  ],
];

/** @param request of the repository: `POST /pulls`. */
export async function route(call: Call, request: string, rooms: Rooms): Promise<Reply | undefined> {
  for (const [pattern, handle] of routes) {
    const found = pattern.exec(request);
    if (found !== null) return handle(call, rooms, ...found.slice(1));
  }
  return undefined;
}

const refuseLong = ({ body }: Call): Reply | undefined =>
  isTooLong(body.body)
    ? refuse(422, 'Validation Failed', ['body is too long (maximum is 65536 characters)'])
    : undefined;

/** As in issue threads about rulesets: 422, for lack of anything better. */
const refuseProtected = ({ isProtected }: Rooms, branch: string): Reply | undefined =>
  isProtected(branch)
    ? refuse(422, 'Repository rule violations found\n\nCannot update this protected ref.\n\n')
    : undefined;

const graphqlRequest = z.object({ query: z.string(), variables: z.object({ id: z.string() }) });

/** The two mutations of a stage. Refusals come with status 200. */
export async function graphql({ body, caller }: Call, { pulls }: Rooms): Promise<Reply> {
  const { query, variables } = graphqlRequest.parse(body);
  const toDraft = query.includes('convertPullRequestToDraft(');
  if (!toDraft && !query.includes('markPullRequestReadyForReview(')) return refuse(400, 'unknown query');
  const wanted = { pull_requests: 'write', contents: 'write' } as const;
  if (caller.kind === 'app' && !holds(caller.permissions, wanted)) {
    return graphqlError('FORBIDDEN', 'Resource not accessible by integration');
  }
  const outcome = await pulls.setDraft(variables.id, toDraft);
  if (outcome === 'missing') return graphqlError('NOT_FOUND', 'Could not resolve to a node');
  if (outcome === 'unsupported') {
    return graphqlError('UNPROCESSABLE', 'Draft pull requests are not supported in this repository.');
  }
  return answer({ data: { done: { clientMutationId: null } } });
}

const graphqlError = (type: string, message: string): Reply =>
  answer({ data: null, errors: [{ type, message, path: [] }] });
