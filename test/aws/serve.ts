import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { HttpHandlerOptions, HttpRequest, RequestHandler } from '@smithy/types';
import type { WireResponse } from './batch/wire.ts';

/** Any of the SDK's handlers of this folder over HTTP, for the `AWS_ENDPOINT_URL` of child processes. */
export async function serve(
  handler: RequestHandler<HttpRequest, WireResponse, HttpHandlerOptions>,
  port = 0,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void forward(handler, request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function forward(
  handler: RequestHandler<HttpRequest, WireResponse, HttpHandlerOptions>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { response: made } = await handler.handle(await asked(request));
    response.writeHead(made.statusCode, made.headers).end(made.body);
  } catch {
    // What the handler throws is a connection that broke.
    request.socket.destroy();
  }
}

async function asked(request: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  return {
    method: request.method ?? 'GET',
    protocol: 'http:',
    hostname: 'localhost',
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value ?? '')]),
    ),
    body: Buffer.concat(chunks),
  };
}
