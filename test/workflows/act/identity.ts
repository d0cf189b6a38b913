import { createServer, type IncomingMessage } from 'node:http';

/** A job's identity, from token to credentials: GitHub's issuer (GH 4.4) and AWS's token service behind one address. */
export interface Identity extends AsyncDisposable {
  /** What a runner gives a job with `id-token: write`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Roles assumed, each with the name of its session. */
  readonly assumed: readonly { readonly role: string; readonly session: string }[];
}

const requestToken = 'token-of-the-job';

export interface IdentitySettings {
  readonly subject: string;
  /** Whom the roles' policies trust; everybody unless said. */
  readonly trusts?: (role: string, subject: string) => boolean;
  /** The credentials of every role. */
  readonly accessKey: string;
  readonly secretKey: string;
}

export async function startIdentity(settings: IdentitySettings): Promise<Identity> {
  const assumed: { role: string; session: string }[] = [];
  const server = createServer(async (request, response) => {
    const [status, type, body] =
      request.method === 'GET'
        ? issue(request, settings)
        : assume(new URLSearchParams(await textOf(request)), settings, assumed);
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    environment: {
      // The audience is put behind it, so it has a question mark (GH 5.4).
      ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
      AWS_ENDPOINT_URL_STS: url,
    },
    assumed,
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

type Reply = readonly [status: number, type: string, body: string];

const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** A token for one audience; unsigned, since both ends are here. */
function issue({ url = '/', headers }: IncomingMessage, { subject }: IdentitySettings): Reply {
  if (headers.authorization !== `Bearer ${requestToken}`) return [401, 'application/json', '{}'];
  const aud = new URL(url, 'http://localhost').searchParams.get('audience');
  const claims = { iss: 'https://token.actions.githubusercontent.com', sub: subject, aud };
  const value = [encoded({ alg: 'none' }), encoded(claims), 'unsigned'].join('.');
  return [200, 'application/json', JSON.stringify({ value })];
}

/** AssumeRoleWithWebIdentity, as the SDK asks it: the query protocol, answered in XML. */
function assume(
  asked: URLSearchParams,
  { trusts = () => true, accessKey, secretKey }: IdentitySettings,
  assumed: { role: string; session: string }[],
): Reply {
  const role = asked.get('RoleArn') ?? '';
  const [, claims = ''] = (asked.get('WebIdentityToken') ?? '').split('.');
  const { aud, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}');
  if (asked.get('Action') !== 'AssumeRoleWithWebIdentity' || aud !== 'sts.amazonaws.com') {
    return refused('InvalidIdentityToken', `Incorrect token audience: ${aud}`, 400);
  }
  if (!trusts(role, String(sub))) {
    return refused('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
  }
  assumed.push({ role, session: asked.get('RoleSessionName') ?? '' });
  const expires = new Date(Date.now() + 3600 * 1000).toISOString();
  const credentials = `<AccessKeyId>${accessKey}</AccessKeyId><SecretAccessKey>${secretKey}</SecretAccessKey><SessionToken>session</SessionToken><Expiration>${expires}</Expiration>`;
  const result = `<AssumeRoleWithWebIdentityResult><Credentials>${credentials}</Credentials></AssumeRoleWithWebIdentityResult>`;
  return [200, 'text/xml', answerOf('AssumeRoleWithWebIdentityResponse', result)];
}

const answerOf = (name: string, body: string) =>
  `<${name} xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${body}</${name}>`;

const refused = (code: string, message: string, status: number): Reply => [
  ...([status, 'text/xml'] as const),
  answerOf(
    'ErrorResponse',
    `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`,
  ),
];

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
