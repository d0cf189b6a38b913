import { z } from 'zod';
import { RemoteError } from '../errors.ts';
import type { Credentials } from './credentials.ts';
import { parseJson } from './json.ts';
import { isLoopback } from './reference.ts';
import { explainNetwork, explainStatus } from './registry-errors.ts';

/** How a registry wants to be asked, from its `WWW-Authenticate`. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string }
  | { readonly scheme: 'unknown' };

export function readChallenge(header: string | null): Challenge {
  const text = header ?? '';
  if (/^basic\b/i.test(text)) return { scheme: 'basic' };
  if (!/^bearer\b/i.test(text)) return { scheme: 'unknown' };
  const parameters = new Map(
    [...text.matchAll(/([a-z_]+)="([^"]*)"/gi)].map(([, name = '', value = '']) => [
      name.toLowerCase(),
      value,
    ]),
  );
  const realm = parameters.get('realm');
  const service = parameters.get('service');
  if (realm === undefined) return { scheme: 'unknown' };
  return { scheme: 'bearer', realm, ...(service === undefined ? {} : { service }) };
}

const tokenAnswer = z.looseObject({ token: z.string().optional(), access_token: z.string().optional() });

const basic = ({ user, password }: Credentials) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/**
 * The `Authorization` for reading a repository; `undefined` where the registry wants credentials and there are none.
 * Public registries give a token to anybody.
 */
export async function bearerToken(
  registry: string,
  repository: string,
  challenge: Challenge,
  credentials: Credentials | undefined,
): Promise<string | undefined> {
  if (challenge.scheme !== 'bearer') return credentials === undefined ? undefined : basic(credentials);
  const url = tokenUrl(registry, challenge.realm);
  url.searchParams.set('scope', `repository:${repository}:pull`);
  if (challenge.service !== undefined) url.searchParams.set('service', challenge.service);
  const headers = credentials === undefined ? {} : { authorization: basic(credentials) };
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: AbortSignal.timeout(30_000) });
  } catch (error) {
    throw explainNetwork(url.host, error);
  }
  const body = await response.text();
  if (!response.ok) throw explainStatus(`${registry}/${repository}`, registry, response.status, body);
  const read = tokenAnswer.safeParse(parseJson(body));
  const token = read.success ? (read.data.token ?? read.data.access_token) : undefined;
  return token === undefined ? undefined : `Bearer ${token}`;
}

/** A password goes out encrypted, or does not leave the machine. */
function tokenUrl(registry: string, realm: string): URL {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.host))) return url;
  throw new RemoteError(
    { service: registry, operation: 'log in' },
    `it sends for a token to ${JSON.stringify(realm)}, which is no https address: no password goes there. Tell whoever keeps the registry.`,
  );
}
