import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { awsError, isRefused } from '../aws/remote-error.ts';
import { type AwsSettings, clientConfig, persistent, watched } from '../aws/settings.ts';
import { ConfigurationError, RemoteError } from '../errors.ts';
import type { Job } from './job.ts';
import { refusedRole } from './trust.ts';

export interface RoleRequest {
  readonly roleArn: string;
  readonly region: string | undefined;
  readonly job: Pick<Job, 'runId' | 'hasIdToken'>;
  /** The job's own token (GH 4.4); it lives five minutes. */
  readonly idToken: () => Promise<string>;
  readonly aws?: AwsSettings;
}

/** Seconds before they expire: a request that was signed must still arrive. */
const margin = 300;

/**
 * Credentials of a role for this process alone: no other step finds them in its environment. Got when first needed, once
 * for all clients, and again when they expire. Throws `ConfigurationError` without `id-token: write`, `RemoteError` when
 * the role does not trust the job.
 */
export function roleCredentials(request: RoleRequest): AwsCredentialIdentityProvider {
  let current: Promise<AwsCredentialIdentity> | undefined;
  let until = 0;
  return () => {
    if (current === undefined || Date.now() > until) {
      until = Number.POSITIVE_INFINITY;
      current = assume(request).then((got) => {
        until = (got.expiration?.getTime() ?? 0) - margin * 1000;
        return got;
      });
      current.catch(() => (current = undefined));
    }
    return current;
  };
}

async function assume(request: RoleRequest): Promise<AwsCredentialIdentity> {
  const { roleArn, region = 'us-east-1', job, aws = {} } = request;
  if (!job.hasIdToken) throw noIdToken();
  const token = await idTokenOf(request);
  const { STS } = await import('@aws-sdk/client-sts');
  const settings = { ...aws, region };
  const sts = watched(new STS(clientConfig(settings, persistent)), settings);
  try {
    const { Credentials: got } = await sts.assumeRoleWithWebIdentity({
      RoleArn: roleArn,
      WebIdentityToken: token,
      // In CloudTrail it leads from a call to the workflow run.
      RoleSessionName: `muster-${job.runId}`,
    });
    if (got?.AccessKeyId === undefined || got.SecretAccessKey === undefined) {
      throw new RemoteError(
        { service: 'STS', operation: 'AssumeRoleWithWebIdentity' },
        'the answer holds no credentials',
      );
    }
    return {
      accessKeyId: got.AccessKeyId,
      secretAccessKey: got.SecretAccessKey,
      ...(got.SessionToken !== undefined && { sessionToken: got.SessionToken }),
      ...(got.Expiration !== undefined && { expiration: got.Expiration }),
    };
  } catch (error) {
    if (isRefused(error) || isRejected(error)) throw refusedRole(roleArn, token, error);
    throw awsError('STS', 'AssumeRoleWithWebIdentity', error, { resource: roleArn });
  }
}

/** Whatever the SDK calls the classes of them. */
const rejections: ReadonlySet<string> = new Set(['InvalidIdentityToken', 'IDPRejectedClaim']);

/** The provider is not known to the account, or the audience is another one: no right that somebody could grant. */
const isRejected = (error: unknown) =>
  error instanceof Error && rejections.has(error.name.replace(/Exception$/, ''));

async function idTokenOf({ idToken }: RoleRequest): Promise<string> {
  try {
    return await idToken();
  } catch (cause) {
    throw new RemoteError(
      { service: 'GitHub', operation: 'id token' },
      `GitHub gave this job no token for AWS: ${cause instanceof Error ? cause.message : String(cause)}. Run the job again`,
      { cause },
    );
  }
}

function noIdToken(): ConfigurationError {
  return new ConfigurationError({
    file: 'permissions of the job',
    message:
      'it has no `id-token: write`, so it cannot prove to AWS who it is, and role-arn names a role to assume',
    fix: 'Add `id-token: write` to `permissions` of the job; in a workflow that is called, also of the job that calls it.',
  });
}

/** For who must do without: every call says why, in place of a search on a machine that is GitHub's. */
export const noCredentials: AwsCredentialIdentityProvider = () => {
  const message = 'pull requests of forks and of Dependabot get none';
  return Promise.reject(Object.assign(new Error(message), { name: 'CredentialsProviderError' }));
};
