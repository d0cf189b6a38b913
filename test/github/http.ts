import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call, Caller, Reply } from './call.ts';

/** Bytes of the emulator's, as they are. */
export interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

export async function readCall(request: IncomingMessage, tokens: ReadonlyMap<string, Caller>): Promise<Call> {
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

export function send(response: ServerResponse, reply: Reply | Raw): void {
  const headers = { 'content-type': 'application/json', 'x-github-request-id': 'MODEL:1', ...reply.headers };
  response.writeHead(reply.status, headers);
  if ('bytes' in reply) response.end(reply.status === 204 ? undefined : reply.bytes);
  else response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
}

/** One after the other, each whether or not the one before went well. */
export function openQueue(): <T>(action: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const next = last.then(action, action);
    last = next.catch(() => undefined);
    return next;
  };
}
