import { type Call, type Reply, refuse } from './call.ts';
import type { Raw } from './http.ts';
import { refusePermission } from './permissions.ts';
import { graphql, type Rooms, route } from './routes.ts';
import type { Upstream } from './upstream.ts';

/** What answers requests: the model's rooms, and the emulator behind them. */
export interface Api {
  readonly rooms: Rooms;
  readonly upstream: Upstream;
  readonly settings: { readonly private?: boolean; readonly archived?: boolean };
}

/**
 * Who asks, what they may, what the model does itself, and the rest by the emulator.
 * @param below the request below the repository: `POST /pulls`.
 */
export async function perform(call: Call, below: string, api: Api): Promise<Reply | Raw> {
  const { caller, path } = call;
  const { rooms, settings } = api;
  if (caller.kind === 'nobody') {
    if (call.headers.authorization !== undefined) return refuse(401, 'Bad credentials');
    if (settings.private === true) return refuse(404, 'Not Found');
  }
  if (path === '/graphql') return graphql(call, rooms);
  if (path === '/user' && caller.kind === 'app') return refuse(403, 'Resource not accessible by integration');
  if (settings.archived === true && call.method !== 'GET') {
    return refuse(403, 'Repository was archived so is read-only.');
  }
  const refused = refusePermission(call, below) ?? (await route(call, below, rooms));
  if (refused !== undefined) return refused;
  return forward(call, below, api);
}

async function forward(call: Call, below: string, { upstream, rooms, settings }: Api): Promise<Reply | Raw> {
  // The emulator wants more for labels than GitHub does; what GitHub wants was checked.
  const asAdmin = /^\w+ \/(issues\/\d+\/)?labels/.test(below);
  const token = asAdmin || call.caller.kind === 'nobody' ? upstream.admin : call.caller.token;
  const { draft, ...rest } = call.body;
  const body = call.method === 'PATCH' ? rest : { ...rest, ...(draft !== undefined && { draft }) };
  const bodied = call.method === 'GET' ? undefined : body;
  const reply = await upstream.send(call.method, call.rawPath, token, bodied, call.headers.accept);
  if (/^(GET|POST|PATCH) \/pulls(\/\d+)?$/.test(below) && reply.status < 300) {
    return { status: reply.status, body: await rooms.pulls.decorate(JSON.parse(reply.bytes.toString())) };
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
