import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { HttpRequest } from '@smithy/types';
import type { S3Fault } from './faults.ts';
import type { S3Answer } from './wire.ts';

export interface Answered {
  readonly answer: S3Answer;
  /** What may still befall the answer on its way. */
  readonly fault: S3Fault | undefined;
}

/** The body as it arrives. */
export async function* chunksOf(body: Buffer, fault: S3Fault | undefined): AsyncGenerator<Buffer> {
  const breaks = fault?.kind === 'broken-body' || fault?.kind === 'short-body';
  const until = breaks ? Math.min(fault.after, body.length) : body.length;
  for (let from = 0; from < until; from += 2 ** 16)
    yield body.subarray(from, Math.min(until, from + 2 ** 16));
  if (fault?.kind === 'broken-body') throw new LostConnection();
}

/** As the SDK's handler for Node tells it. */
export class LostConnection extends Error {
  override readonly name = 'TimeoutError';
  readonly code = 'ECONNRESET';

  constructor() {
    super('socket hang up');
  }
}

/** Over HTTP what `answer` gives; where it throws, the connection breaks. */
export async function serveS3(
  answer: (request: HttpRequest) => Answered,
  port: number,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => void forward(answer, request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function forward(
  answer: (request: HttpRequest) => Answered,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { answer: made, fault } = answer(await asked(request));
    response.writeHead(made.status, made.headers);
    if (request.method !== 'HEAD') {
      for await (const chunk of chunksOf(made.body, fault)) response.write(chunk);
    }
    response.end();
  } catch {
    request.socket.destroy();
  }
}

async function asked(request: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  return {
    method: request.method ?? 'GET',
    protocol: 'http:',
    hostname: 'localhost',
    path,
    query: Object.fromEntries(new URLSearchParams(query)),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: Buffer.concat(chunks),
  };
}
