import { z } from 'zod';
import { faultBehind } from '../aws/remote-error.ts';
import { RemoteError } from '../errors.ts';

const claimsSchema = z.object({ sub: z.string(), aud: z.string().optional(), iss: z.string().optional() });

/** What a token says of the job. Not verified: AWS does that; this is for a message. */
export function claimsOf(token: string): z.output<typeof claimsSchema> | undefined {
  try {
    const body = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    return claimsSchema.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** What a trust policy has to hold (GH 4.4): the subject in full, since a pattern that ends early trusts others, too. */
export function refusedRole(roleArn: string, token: string, cause: unknown): RemoteError {
  const { name, requestId } = faultBehind(cause);
  const claims = claimsOf(token);
  const at = { service: 'STS', operation: 'AssumeRoleWithWebIdentity', denied: true };
  const traced = requestId === undefined ? at : { ...at, requestId };
  return new RemoteError(traced, words(roleArn, name, claims), { cause });
}

function words(roleArn: string, name: string, claims: ReturnType<typeof claimsOf>): string {
  const head = `STS: AssumeRoleWithWebIdentity ${roleArn}: ${name}`;
  if (name.startsWith('InvalidIdentityToken')) {
    return `${head}. The account of the role has no OpenID Connect provider for ${claims?.iss ?? 'GitHub'}, or one with another audience: create it with the audience ${claims?.aud ?? 'sts.amazonaws.com'}`;
  }
  if (claims === undefined) return `${head}. Its trust policy does not name this job`;
  return `${head}. The role does not exist, or does not trust this job. Its trust policy has to allow sts:AssumeRoleWithWebIdentity to the provider ${host(claims.iss)} with
  "${host(claims.iss)}:aud": "${claims.aud ?? 'sts.amazonaws.com'}",
  "${host(claims.iss)}:sub": "${claims.sub}"${hint(claims.sub)}`;
}

const host = (issuer = 'https://token.actions.githubusercontent.com') => issuer.replace(/^https:\/\//, '');

/** Why a policy that looks right does not match. */
function hint(subject: string): string {
  const immutable = /^repo:[^:]*@\d+\/[^:]*@\d+:/.test(subject);
  const form = immutable
    ? '\nThis repository has subjects with ids, as all have that were made or moved since 15 July 2026: a policy without them does not match.'
    : '';
  const environment = subject.includes(':environment:')
    ? '\nA job with an environment is named by that alone: `ref:refs/heads/main` does not match it.'
    : '';
  return `${form}${environment}`;
}
