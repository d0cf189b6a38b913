import { createHash } from 'node:crypto';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';

/**
 * In front of a registry, what ECR does where tags are immutable: a tag that names something is not given to something else
 * (AB 6.2); the same once more is well. The words are ECR's.
 */
export async function immutableProxy(host: string): Promise<AsyncDisposable & { readonly host: string }> {
  const server = createServer((request, response) => {
    void answer(host, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    host: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function answer(host: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, repository, tag] = /^\/v2\/(.+)\/manifests\/([^/:]+)$/.exec(request.url ?? '') ?? [];
  if (request.method !== 'PUT' || tag === undefined || tag === 'latest') {
    request.pipe(passOn(host, request, response));
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const accept = { accept: `${request.headers['content-type']}, */*` };
  const there = await fetch(`http://${host}${request.url}`, { method: 'HEAD', headers: accept });
  const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
  if (there.ok && there.headers.get('docker-content-digest') !== digest) {
    const message = `The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the repository is immutable.`;
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code: 'TAG_INVALID', message }] }));
    return;
  }
  passOn(host, request, response).end(body);
}

/** With the name under which it was asked: the registry sends clients back to that. */
function passOn(
  host: string,
  { method = 'GET', url = '/', headers }: IncomingMessage,
  response: ServerResponse,
) {
  const [hostname = '', port] = host.split(':');
  const asked = forward({ hostname, port, method, path: url, headers }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  asked.on('error', () => response.destroy());
  return asked;
}
