import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:net';
import { createEmulator } from 'emulate';
import type { Permissions } from './call.ts';

/** The emulator behind the model: what it does well (git, pull requests, comments, labels), it does. */
export interface Upstream {
  /** Sends a request as it is. */
  send(method: string, path: string, token: string, body?: unknown, accept?: string): Promise<UpstreamReply>;
  /** A token that may do everything, as the app that jobs are. */
  readonly admin: string;
  mint(permissions: Permissions): Promise<string>;
  close(): Promise<void>;
}

export interface UpstreamReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** Of the app, for all repositories of a process: making one takes a while. */
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** GitHub's own app, as which jobs act. */
const appId = 15368;
const installation = 77;
const everything: Permissions = Object.fromEntries(
  'actions administration checks contents deployments environments issues metadata pull_requests statuses workflows'
    .split(' ')
    .map((name) => [name, 'write'] as const),
);

/** @param publicUrl where clients reach the model: addresses in answers lead there. */
export async function startUpstream(options: {
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly people: readonly string[];
  readonly publicUrl: string;
}): Promise<Upstream> {
  const port = await freePort();
  const emulator = await createEmulator({
    service: 'github',
    port,
    baseUrl: options.publicUrl,
    seed: seedOf(options),
  });
  const url = `http://127.0.0.1:${port}`;
  const send: Upstream['send'] = async (method, path, token, body, accept = 'application/json') => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      bytes: Buffer.from(await response.arrayBuffer()),
    };
  };
  const mint = async (permissions: Permissions) => {
    const path = `/app/installations/${installation}/access_tokens`;
    const { bytes } = await send('POST', path, appJwt(), { permissions });
    const { token }: { token?: string } = JSON.parse(bytes.toString());
    if (token === undefined) throw new Error(`the emulator gave no token: ${bytes}`);
    return token;
  };
  return { send, mint, admin: await mint(everything), close: () => emulator.close() };
}

const seedOf = ({ owner, name, private: hidden, people }: Parameters<typeof startUpstream>[0]) => ({
  tokens: Object.fromEntries(people.map((login) => [personalToken(login), { login, scopes: ['repo'] }])),
  github: {
    users: people.map((login) => ({ login })),
    orgs: [{ login: owner, members: people.map((login) => ({ login, role: 'admin' })) }],
    repos: [{ owner, name, private: hidden, auto_init: true }],
    apps: [
      {
        app_id: appId,
        slug: 'github-actions',
        name: 'GitHub Actions',
        private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        permissions: everything,
        installations: [{ installation_id: installation, account: owner, repository_selection: 'all' }],
      },
    ],
  },
});

export const personalToken = (login: string) => `ghp_${login}`;

function appJwt(): string {
  const now = Math.floor(Date.now() / 1000);
  const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode({ iss: String(appId), iat: now - 30, exp: now + 300 })}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), privateKey).toString('base64url')}`;
}

/** The emulator names its own address in answers, so that of the model cannot be asked of it: a port is picked before. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
