import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../src/image/credentials.ts';
import { openRegistry } from '../../src/image/registry.ts';
import { fakeRegistry, sha256 } from './fake-registry.ts';

const me: Credentials = { user: 'me', password: 'p', from: 'docker' };
const basic = `Basic ${Buffer.from('me:p').toString('base64')}`;
const index = 'application/vnd.oci.image.index.v1+json';
const body = '{"schemaVersion": 2}';

/** Without pauses. */
const open = (credentials?: Credentials) => openRegistry(async () => credentials, [0]);
const demo = (host: string) => ({ registry: host, repository: 'a/demo', tag: 'one' });

function give(response: ServerResponse, status: number, text = '', headers: Record<string, string> = {}) {
  response.writeHead(status, headers).end(text);
}

describe('a manifest', () => {
  test('comes with the digest of its bytes, whatever the registry says', async () => {
    await using server = await fakeRegistry((_, response) =>
      give(response, 200, body, {
        'content-type': `${index}; charset=utf-8`,
        'docker-content-digest': 'sha256:lie',
      }),
    );
    const read = await open().manifest(demo(server.host));
    expect(read).toEqual({ digest: sha256(body), mediaType: index, text: body });
  });

  test('is asked for in every form that there is, indexes first', async () => {
    await using server = await fakeRegistry((_, response) => give(response, 200, body));
    await open().manifest(demo(server.host));
    const [{ line = '', accept = '' } = {}] = server.asked;
    expect(line).toBe('GET /v2/a/demo/manifests/one');
    for (const type of [
      'image.index.v1',
      'manifest.list.v2',
      'image.manifest.v1',
      'distribution.manifest.v2',
    ]) {
      expect(accept).toContain(type);
    }
  });

  test('that is not there is no error', async () => {
    await using server = await fakeRegistry((_, response) => give(response, 404, '{"errors": []}'));
    expect(await open().manifest(demo(server.host))).toBeUndefined();
    expect(await open().digest(demo(server.host))).toBeUndefined();
    expect(await open().blob(demo(server.host), sha256('x'))).toBeUndefined();
  });

  test('whose bytes are not those of the digest is refused', async () => {
    await using server = await fakeRegistry((_, response) => give(response, 200, body));
    const reading = open().manifest({ ...demo(server.host), digest: sha256('other') });
    await expect(reading).rejects.toThrow(/are not those that were pushed/);
  });

  test.each(['sha256:lie', `sha256:${'0'.repeat(64)} --flag`, 'x'])(
    'has its own digest where the registry names %s',
    async (said) => {
      await using server = await fakeRegistry((_, response) =>
        give(response, 200, body, { 'docker-content-digest': said }),
      );
      expect(await open().digest(demo(server.host))).toBe(sha256(body));
    },
  );

  test('has a digest even where the registry names none', async () => {
    await using server = await fakeRegistry((_, response) => give(response, 200, body));
    expect(await open().digest(demo(server.host))).toBe(sha256(body));
  });

  test('that goes on for ever is given up', async () => {
    await using server = await fakeRegistry((_, response) => {
      response.writeHead(200);
      const more = () => response.write(Buffer.alloc(2 ** 20), () => setImmediate(more));
      more();
    });
    await expect(open().manifest(demo(server.host))).rejects.toThrow(/larger than 8 MiB/);
  });
});

test('a blob whose bytes are not those of its digest is refused', async () => {
  await using server = await fakeRegistry((_, response) => give(response, 200, 'x'));
  await expect(open().blob(demo(server.host), sha256('y'))).rejects.toThrow(/are not those/);
});

test('a blob may lie elsewhere, and no password goes there', async () => {
  await using elsewhere = await fakeRegistry((_, response) => give(response, 200, 'x'));
  await using server = await fakeRegistry((request, response) =>
    request.headers.authorization === undefined
      ? give(response, 401, '', { 'www-authenticate': 'Basic realm="r"' })
      : give(response, 307, '', { location: `http://${elsewhere.host}/x` }),
  );
  expect(await open(me).blob(demo(server.host), sha256('x'))).toBe('x');
  expect(elsewhere.asked).toMatchObject([{ line: 'GET /x' }]);
  expect(elsewhere.asked[0]?.authorization).toBeUndefined();
});

describe('a registry that wants to know who asks', () => {
  /** Wants a token that it gives for `credentials`. */
  const tokens =
    (credentials: string | undefined) => (request: IncomingMessage, response: ServerResponse) => {
      const { host = '', authorization } = request.headers;
      if (request.url?.startsWith('/token')) {
        return authorization === credentials ? give(response, 200, '{"token": "t"}') : give(response, 401);
      }
      if (authorization === 'Bearer t') return give(response, 200, body);
      const challenge = `Bearer realm="http://${host}/token",service="s s",scope="x"`;
      return give(response, 401, '', { 'www-authenticate': challenge });
    };

  test('gets a token for reading this repository', async () => {
    await using server = await fakeRegistry(tokens(basic));
    expect(await open(me).manifest(demo(server.host))).toMatchObject({ text: body });
    expect(server.asked[1]?.line).toBe('GET /token?scope=repository%3Aa%2Fdemo%3Apull&service=s+s');
  });

  test('is asked without credentials where there are none: public images need no more', async () => {
    await using server = await fakeRegistry(tokens(undefined));
    expect(await open().manifest(demo(server.host))).toMatchObject({ text: body });
  });

  test('is asked for one token, not for one each time', async () => {
    await using server = await fakeRegistry(tokens(basic));
    const registry = open(me);
    await registry.manifest(demo(server.host));
    await registry.manifest(demo(server.host));
    expect(server.asked.filter(({ line }) => line.includes('/token'))).toHaveLength(1);
  });

  test('gets the password itself where it asks for that', async () => {
    await using server = await fakeRegistry((request, response) =>
      request.headers.authorization === basic
        ? give(response, 200, body)
        : give(response, 401, '', { 'www-authenticate': 'Basic realm="ECR"' }),
    );
    expect(await open(me).manifest(demo(server.host))).toMatchObject({ text: body });
  });

  test.each(['http://tokens.example/token', 'ftp://127.0.0.1/token', 'nonsense'])(
    'sends no password to %s',
    async (realm) => {
      await using server = await fakeRegistry((_, response) =>
        give(response, 401, '', { 'www-authenticate': `Bearer realm="${realm}"` }),
      );
      await expect(open(me).manifest(demo(server.host))).rejects.toThrow(/no https address/);
    },
  );

  test('says to log in where nobody has', async () => {
    await using server = await fakeRegistry((_, response) =>
      give(response, 401, '', { 'www-authenticate': 'Basic realm="r"' }),
    );
    await expect(open().manifest(demo(server.host))).rejects.toMatchObject({
      denied: true,
      message: expect.stringContaining(`docker login ${server.host}`),
    });
  });
});

describe('trouble of a registry', () => {
  test.each([
    [401, true, /logged in/],
    [403, true, /may not do this/],
    [429, false, /fewer requests/],
    [500, false, /the registry itself has trouble/],
    [400, false, /refuses the request/],
  ])('%i is told with what to do', async (status, denied, words) => {
    const errors = '{"errors": [{"code": "X", "message": "so it is"}]}';
    await using server = await fakeRegistry((_, response) => give(response, status, errors));
    const reading = open().manifest(demo(server.host));
    await expect(reading).rejects.toMatchObject({ name: 'RemoteError', service: server.host, denied });
    await expect(reading).rejects.toThrow(words);
    await expect(reading).rejects.toThrow(`HTTP ${status} (so it is)`);
  });

  test.each([500, 503, 429])('that passes (%i) is waited for', async (status) => {
    let count = 0;
    await using server = await fakeRegistry((_, response) =>
      count++ === 0 ? give(response, status) : give(response, 200, body),
    );
    expect(await open().manifest(demo(server.host))).toMatchObject({ text: body });
  });

  test('a broken connection is waited for', async () => {
    let count = 0;
    await using server = await fakeRegistry((request, response) =>
      count++ === 0 ? request.socket.destroy() : give(response, 200, body),
    );
    expect(await open().manifest(demo(server.host))).toMatchObject({ text: body });
  });

  test('a registry that is down is told with where it should be', async () => {
    const server = await fakeRegistry(() => undefined);
    await server[Symbol.asyncDispose]();
    await expect(open().manifest(demo(server.host))).rejects.toMatchObject({
      ...{ name: 'RemoteError', service: server.host },
      message: expect.stringMatching(/does not answer \(ECONNREFUSED\)/),
    });
  });
});
