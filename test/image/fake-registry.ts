import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** A server that answers as it is told, and keeps what it was asked with. */
export interface FakeRegistry extends AsyncDisposable {
  readonly host: string;
  readonly asked: readonly {
    readonly line: string;
    readonly authorization?: string;
    readonly accept: string;
  }[];
}

export async function fakeRegistry(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<FakeRegistry> {
  const asked: { line: string; authorization?: string; accept: string }[] = [];
  const server = createServer((request, response) => {
    const { authorization, accept = '' } = request.headers;
    const line = `${request.method} ${request.url}`;
    asked.push({ line, accept, ...(authorization === undefined ? {} : { authorization }) });
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
